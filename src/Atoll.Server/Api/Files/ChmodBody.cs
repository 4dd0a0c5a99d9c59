namespace Atoll.Server.Api.Files;

/// <param name="Mode">Octal digits, such as <c>0755</c>.</param>
internal sealed record ChmodBody(string Path, string Mode, bool? Recursive = null);
