namespace Atoll.Client.Processes;

/// <summary>A process to start: a shell line or argv; null is the sandbox's default.</summary>
public sealed record StartProcess
{
    public string? Command { get; init; }

    public IReadOnlyList<string>? Argv { get; init; }

    public string? Cwd { get; init; }

    public IReadOnlyDictionary<string, string>? Env { get; init; }

    public string? User { get; init; }

    /// <summary>Text for stdin, written at once.</summary>
    public string? Stdin { get; init; }

    /// <summary>Keep stdin open for more; else it ends after <see cref="Stdin"/>.</summary>
    public bool? KeepStdinOpen { get; init; }

    public TerminalDimensions? Pty { get; init; }

    public double? TimeoutSeconds { get; init; }

    /// <summary>The process waits for its pacing followers, so that they lose nothing.</summary>
    public bool? Paced { get; init; }
}
