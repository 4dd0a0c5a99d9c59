using System.Collections.Immutable;
using Atoll.Core.Code;

namespace Atoll.Server.Api.Code;

/// <summary>A context to make.</summary>
internal sealed record CodeContextBody
{
    /// <summary><c>python</c> (the default), <c>javascript</c> or <c>bash</c>.</summary>
    public CodeLanguage? Language { get; init; }

    /// <summary>1 to 64 letters, digits, <c>_</c>, <c>.</c> or <c>-</c>; unique in the sandbox.</summary>
    public string? Name { get; init; }

    /// <summary>Where it begins. Relative to the sandbox's working directory, or absolute.</summary>
    public string? Cwd { get; init; }

    /// <summary>On top of the sandbox's own.</summary>
    public ImmutableDictionary<string, string>? Env { get; init; }

    public string? User { get; init; }
}
