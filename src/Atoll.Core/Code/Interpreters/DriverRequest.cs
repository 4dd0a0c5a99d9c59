using System.Collections.Immutable;

namespace Atoll.Core.Code.Interpreters;

/// <param name="Nonce">32 hexadecimal digits that nothing in the sandbox can know before: frames of this request bear them.</param>
/// <param name="Cwd">For this execution; null leaves it.</param>
/// <param name="FirstCwd">What a blank interpreter takes on for good; null for others.</param>
/// <param name="Origin">Which memory it is that the interpreter runs in: another than the last request's tells it that it is a fork, and that its generators need a seed of their own.</param>
internal sealed record DriverRequest(
    string Nonce, string Code, string? Cwd, ImmutableDictionary<string, string> Env, string? FirstCwd, ImmutableDictionary<string, string> FirstEnv, int MaxResultBytes, string Origin)
{
    /// <summary>As an editor on any system has it: no byte order mark before it, and lines that end as on Linux where all of them end otherwise.</summary>
    public string Cell { get; } = Plain(Code.TrimStart('\ufeff'));

    private static string Plain(string code) =>
        code.AsSpan().Count("\r\n") is > 0 and var ends && ends == code.AsSpan().Count('\n') ? code.Replace("\r\n", "\n", StringComparison.Ordinal) : code;
}
