namespace Atoll.Server.Api.Checkpoints;

/// <summary>What to import from the object store.</summary>
/// <param name="Key">As the export returned it.</param>
/// <param name="Name">Left out: as it was.</param>
/// <param name="Comment">Left out: as it was.</param>
internal sealed record ImportBody(string Key, string? Name = null, string? Comment = null);
