using System.Collections.Immutable;

namespace Atoll.Core.Code;

/// <summary>Code to run.</summary>
public sealed record CodeRequest
{
    public required string Code { get; init; }

    /// <summary>Null is Python, or the language of <see cref="Context"/>.</summary>
    public CodeLanguage? Language { get; init; }

    /// <summary>A context's id or name; null is the language's default one, which is made when it is first used.</summary>
    public string? Context { get; init; }

    /// <summary>For this execution only; null leaves the context where it is.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>For this execution only.</summary>
    public ImmutableDictionary<string, string> Env { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whose default context is meant; null is the sandbox's own user. A named context has its user already.</summary>
    public string? User { get; init; }

    /// <summary>After this long it is interrupted. Null is <see cref="CodeOptions.TimeoutSeconds"/>. Waiting for its turn does not count.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Bytes of stdout and stderr together that are passed on; what is more is thrown away, and said to be. Null is all of it.</summary>
    public long? MaxOutputBytes { get; init; }
}
