using System.Collections.Immutable;
using Atoll.Core.Guests.Processes;

namespace Atoll.Server.Api.Processes;

/// <summary>A process started through the API.</summary>
/// <param name="ExitCode">Null while it runs.</param>
/// <param name="OutputStart">Offset of the oldest byte of output still kept.</param>
/// <param name="OutputEnd">Offset after the newest.</param>
/// <param name="StdinOffset">How much of stdin has been written.</param>
internal sealed record ProcessView(
    int Pid,
    string? Tag,
    ImmutableArray<string> Argv,
    string User,
    string Cwd,
    bool Pty,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    int? ExitCode,
    int? Signal,
    bool? TimedOut,
    long OutputStart,
    long OutputEnd,
    long StdinOffset)
{
    public static ProcessView Of(ProcessInfo process) => new(
        process.Pid,
        process.Tag,
        process.Argv.IsDefault ? [] : process.Argv,
        process.User,
        process.WorkingDirectory,
        process.Terminal,
        process.StartedAt,
        process.EndedAt,
        process.Status?.Code,
        process.Status?.Signal,
        process.Status?.TimedOut,
        process.OutputStart,
        process.OutputEnd,
        process.StdinOffset);
}
