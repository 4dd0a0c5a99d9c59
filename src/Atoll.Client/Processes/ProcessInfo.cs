namespace Atoll.Client.Processes;

/// <summary>A process started through the API.</summary>
/// <param name="ExitCode">Null while it runs.</param>
public sealed record ProcessInfo(
    int Pid,
    string? Tag,
    IReadOnlyList<string>? Argv,
    string? User,
    string? Cwd,
    bool Pty,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    int? ExitCode,
    int? Signal,
    bool? TimedOut,
    long OutputStart,
    long OutputEnd,
    long StdinOffset);
