namespace Atoll.Client.Files;

internal sealed record ChangeMode(string Path, int Mode, bool? Recursive = null);
