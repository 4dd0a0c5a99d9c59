namespace Atoll.Client.Code;

/// <summary>Code to run; null is the server's default.</summary>
public sealed record RunCode(string Code)
{
    /// <summary><c>python</c>, <c>javascript</c> or <c>bash</c>.</summary>
    public string? Language { get; init; }

    /// <summary>A context's id or name; null is the language's default one.</summary>
    public string? Context { get; init; }

    /// <summary>For this execution only.</summary>
    public string? Cwd { get; init; }

    /// <summary>For this execution only.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    public string? User { get; init; }

    public double? TimeoutSeconds { get; init; }

    /// <summary>Bytes of stdout and stderr that are kept.</summary>
    public long? MaxOutputBytes { get; init; }
}
