namespace Atoll.Client.Checkpoints;

/// <summary>An export that the team has in the server's object store.</summary>
/// <param name="Key">What an import is given. Whoever knows it can import the checkpoint.</param>
/// <param name="Checkpoint">What was exported; it may have been deleted since.</param>
/// <param name="Kind"><c>disk</c> or <c>full</c>.</param>
/// <param name="Name">The checkpoint's when it was exported.</param>
/// <param name="SizeBytes">All that importing it reads; others may share parts of it.</param>
public sealed record StoredExportInfo(string Key, string Checkpoint, string Kind, string? Name, long SizeBytes, DateTimeOffset CreatedAt);
