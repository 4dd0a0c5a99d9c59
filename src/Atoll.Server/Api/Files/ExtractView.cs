namespace Atoll.Server.Api.Files;

/// <param name="Entries">How many entries were unpacked.</param>
internal sealed record ExtractView(long Entries);
