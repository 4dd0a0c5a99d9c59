using System.Collections.Immutable;

namespace Atoll.Core.Guests.Processes;

/// <summary>A process started through the agent.</summary>
/// <param name="Pid">Its pid inside the sandbox.</param>
/// <param name="OutputStart">Offset of the oldest byte still kept.</param>
/// <param name="OutputEnd">Offset after the newest byte.</param>
/// <param name="Status">Null while it runs.</param>
public sealed record ProcessInfo(
    int Pid,
    string? Tag,
    ImmutableArray<string> Argv,
    string User,
    string WorkingDirectory,
    bool Terminal,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    ExitStatus? Status,
    long OutputStart,
    long OutputEnd,
    long StdinOffset);
