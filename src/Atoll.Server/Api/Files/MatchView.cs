namespace Atoll.Server.Api.Files;

/// <param name="Line">Counts from 1; null when only names were asked for.</param>
internal sealed record MatchView(string Path, int? Line, string? Text);
