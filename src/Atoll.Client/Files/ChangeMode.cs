namespace Atoll.Client.Files;

internal sealed record ChangeMode(string Path, string Mode, bool? Recursive = null);
