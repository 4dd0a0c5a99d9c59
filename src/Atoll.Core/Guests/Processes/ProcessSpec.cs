using System.Collections.Immutable;

namespace Atoll.Core.Guests.Processes;

/// <summary>A process to start. Either <see cref="ShellCommand"/> or <see cref="Argv"/> is given.</summary>
public sealed record ProcessSpec
{
    /// <summary>A line for the shell: <c>/bin/bash -lc</c> where bash is there, else <c>/bin/sh -c</c>.</summary>
    public string? ShellCommand { get; init; }

    public ImmutableArray<string> Argv { get; init; } = [];

    /// <summary>A name of the sandbox's <c>/etc/passwd</c> or <c>uid[:gid]</c>.</summary>
    public required string User { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>The whole environment beyond HOME, USER, LOGNAME, SHELL, PATH and (with a terminal) TERM, which the agent sets unless they are here.</summary>
    public ImmutableDictionary<string, string> Env { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>With a terminal of this size: output is merged, and the process leads a session.</summary>
    public TerminalSize? Terminal { get; init; }

    /// <summary>Bytes for stdin, written at once.</summary>
    public ReadOnlyMemory<byte> Stdin { get; init; }

    /// <summary>Keep stdin open after <see cref="Stdin"/>; else it ends there. A terminal always stays open.</summary>
    public bool KeepStdinOpen { get; init; }

    /// <summary>Stderr goes into stdout.</summary>
    public bool MergeOutput { get; init; }

    /// <summary>Its group gets SIGTERM after this long, and SIGKILL two seconds later. Null is never.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Bytes of output kept for followers: 4 KiB to 16 MiB.</summary>
    public int BacklogBytes { get; init; } = 1024 * 1024;

    /// <summary>The process waits for its pacing followers, and after its start up to 10 s for the first of them. Later, while there is none, it is not held up.</summary>
    public bool Paced { get; init; }

    /// <summary>A name to find it by; the newest process with it is meant.</summary>
    public string? Tag { get; init; }

    /// <summary>The host's own and nothing of its users': it stands in no list and no log.</summary>
    public bool Unlisted { get; init; }
}
