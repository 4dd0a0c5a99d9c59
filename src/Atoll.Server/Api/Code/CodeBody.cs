using System.Collections.Immutable;
using Atoll.Core.Code;

namespace Atoll.Server.Api.Code;

/// <summary>Code to run.</summary>
internal sealed record CodeBody
{
    public required string Code { get; init; }

    /// <summary><c>python</c> (the default), <c>javascript</c> or <c>bash</c>.</summary>
    public CodeLanguage? Language { get; init; }

    /// <summary>A context's id or name; left out, it is the language's default one.</summary>
    public string? Context { get; init; }

    /// <summary>For this execution only. Relative to the sandbox's working directory, or absolute.</summary>
    public string? Cwd { get; init; }

    /// <summary>For this execution only.</summary>
    public ImmutableDictionary<string, string>? Env { get; init; }

    /// <summary>Whose default context is meant.</summary>
    public string? User { get; init; }

    /// <summary>After this long the code is interrupted; its context keeps its state. Default 300.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Bytes of stdout and stderr that are kept. Default 4 MiB, at most 16; a stream has all of it unless this says otherwise.</summary>
    public long? MaxOutputBytes { get; init; }
}
