using System.Collections.Immutable;

namespace Atoll.Core.Code;

/// <summary>A context to make. What is null comes from the sandbox.</summary>
public sealed record CodeContextRequest
{
    public CodeLanguage Language { get; init; }

    /// <summary>1 to 64 letters, digits, <c>_</c>, <c>.</c> or <c>-</c>, and not a language's word.</summary>
    public string? Name { get; init; }

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    /// <summary>On top of the sandbox's own.</summary>
    public ImmutableDictionary<string, string> Env { get; init; } = ImmutableDictionary<string, string>.Empty;
}
