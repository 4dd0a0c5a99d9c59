using Atoll.Cli.Errors;

namespace Atoll.Cli.Copying;

/// <summary>One end of a copy: a path in a sandbox (<c>SANDBOX:/path</c>), a local path, or <c>-</c> for our stdin or stdout.</summary>
/// <param name="Sandbox">Null for a local end.</param>
internal sealed record Endpoint(string? Sandbox, string Path)
{
    public bool IsStream => Sandbox is null && Path == "-";

    /// <summary>A colon before any slash makes it a sandbox's; a local name with one is written <c>./a:b</c>.</summary>
    public static Endpoint Parse(string text)
    {
        var colon = text.IndexOf(':');
        var slash = text.IndexOf('/');
        if (colon < 0 || (slash >= 0 && slash < colon)) return text.Length > 0 ? new(null, text) : throw new CliException(Codes.Usage, "A path is empty.");
        if (colon == 0) throw new CliException(Codes.Usage, $"'{text}' names no sandbox before the colon.", "Write SANDBOX:/path, or ./ before a local name with a colon.");
        return new(text[..colon], colon == text.Length - 1 ? "." : text[(colon + 1)..]);
    }
}
