using System.Text;
using Atoll.Agent.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes.Starting;

/// <summary>Makes the one call that starts a process, and says in words why it failed.</summary>
internal static unsafe class Spawner
{
    // Of a program's name in a message.
    private const int MostShown = 200;

    /// <summary>The pid once the program runs, or 0 with a failure.</summary>
    public static int Spawn(Launch launch, ChildStreams streams, out StartFailure? failure)
    {
        using var strings = new NativeStrings();
        var request = new Children.SpawnRequest
        {
            Programs = strings.AddAll(launch.Programs),
            Argv = strings.AddAll(launch.Argv),
            Env = strings.AddAll(launch.Env),
            Directory = strings.Add(launch.WorkingDirectory),
            Groups = strings.AddAll(launch.User.Groups.AsSpan()),
            GroupCount = launch.User.Groups.Length,
            Uid = launch.User.Uid,
            Gid = launch.User.Gid,
            Stdin = streams.ChildStdin,
            Stdout = streams.ChildStdout,
            Stderr = streams.ChildStderr,
            Terminal = streams.IsTerminal ? 1 : 0,
            OomScore = launch.OomScore,
        };
        var pid = Children.Spawn(&request);
        failure = pid > 0 ? null : Explain(request.Stage, request.Error, launch.Argv[0]);
        return Math.Max(pid, 0);
    }

    private static StartFailure Explain(SpawnStage stage, int errno, byte[] program) => (stage, errno) switch
    {
        (SpawnStage.Exec, Errno.NotFound or Errno.NotADirectory) => new(FailureCode.CommandNotFound, $"There is no program '{Shown(program)}', or the interpreter that it names is missing."),
        (SpawnStage.Exec, Errno.Access) => new(FailureCode.CommandNotExecutable, $"'{Shown(program)}' may not be executed by this user."),
        (SpawnStage.Exec, Errno.NotExecutable) => new(FailureCode.CommandNotExecutable, $"'{Shown(program)}' is in no format that can be executed."),
        (SpawnStage.Exec, Errno.TextBusy) => new(FailureCode.CommandNotExecutable, $"'{Shown(program)}' is being written to by another process, so that it cannot be run."),
        (SpawnStage.Exec, Errno.TooBig) => new(FailureCode.TooLarge, "Arguments and environment together are more than the kernel takes."),
        (SpawnStage.Exec, Errno.NoMemory) or (SpawnStage.Fork, Errno.NoMemory) => new(FailureCode.TooMany, "There is not enough memory to start a process."),
        (SpawnStage.Exec, _) => new(FailureCode.CommandNotExecutable, $"'{Shown(program)}' cannot be executed (errno {errno})."),
        (SpawnStage.Fork, Errno.Again) => new(FailureCode.TooMany, "The sandbox's limit of processes is reached."),
        (SpawnStage.Directory, _) => new(FailureCode.WorkingDirectoryInvalid, "The working directory does not exist, is no directory, or is closed to this user."),
        (SpawnStage.User, _) => new(FailureCode.PermissionDenied, $"The sandbox does not allow a change to this user (errno {errno})."),
        _ => new(FailureCode.Internal, $"The process could not be set up ({stage}, errno {errno})."),
    };

    private static string Shown(byte[] program) => Encoding.UTF8.GetString(program.AsSpan(0, Math.Min(program.Length, MostShown))) + (program.Length > MostShown ? "…" : "");
}
