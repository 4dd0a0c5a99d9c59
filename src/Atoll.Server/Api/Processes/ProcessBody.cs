using System.Collections.Immutable;
using Atoll.Server.Api.Processes.Arguments;

namespace Atoll.Server.Api.Processes;

/// <summary>A process to start: <c>command</c> (a line for the shell) or <c>argv</c>.</summary>
internal sealed record ProcessBody
{
    public string? Command { get; init; }

    public ImmutableArray<string>? Argv { get; init; }

    /// <summary>Relative to the sandbox's working directory, or absolute.</summary>
    public string? Cwd { get; init; }

    /// <summary>On top of the sandbox's own.</summary>
    public ImmutableDictionary<string, string>? Env { get; init; }

    public string? User { get; init; }

    /// <summary>Text for stdin, written at once.</summary>
    public string? Stdin { get; init; }

    public TerminalBody? Pty { get; init; }

    /// <summary>Its group gets SIGTERM after this long, then SIGKILL.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>For exec: how much output is kept; for processes: how much is kept to be replayed.</summary>
    public long? MaxOutputBytes { get; init; }

    /// <summary>For processes: stdin stays open for more. A terminal's always does.</summary>
    public bool? KeepStdinOpen { get; init; }

    /// <summary>Stderr goes into stdout.</summary>
    public bool? MergeOutput { get; init; }

    /// <summary>For processes: it waits for followers that pace it, so that they lose nothing.</summary>
    public bool? Paced { get; init; }

    /// <summary>For processes: a name to find it by, beside its pid.</summary>
    public string? Tag { get; init; }
}
