namespace Atoll.Cli.Errors;

/// <summary>A failure on this side of the wire, in words for the user.</summary>
internal sealed class CliException(string code, string detail, string? hint = null, Exception? inner = null) : Exception(detail, inner)
{
    public string Code => code;

    public string? Hint => hint;
}
