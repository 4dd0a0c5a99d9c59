using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Machine.Native;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>What the launcher answered: <c>ok PID TICKS</c> or <c>error ERRNO STEP SUBJECT</c>.</summary>
/// <param name="Init">Process 1, when it runs.</param>
/// <param name="Step">What failed, a word of the launcher's.</param>
internal sealed record LaunchAnswer(RunningInit? Init, int Error, string Step, string Subject)
{
    /// <summary>The file system of the sandbox's root cannot have its ids mapped (overlayfs cannot; kernels before 5.12 cannot at all).</summary>
    public bool CannotMapIds => Step is "idmap_root" or "idmap_volume" && Error is Errno.Invalid or Errno.NotImplemented;

    public Fault Fault => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation,
        $"The sandbox could not be started: {(Error == 0 ? $"{Step}: {Subject}" : new SyscallException(Step, Subject, Error).Message)}",
        Step == "join_cgroup" && Error == Errno.NoMemory ? "The memory limit leaves no room for process 1." : null);

    /// <param name="text">All that came; empty when the launcher ended without a word.</param>
    /// <param name="code">Its exit code, or 128 and the signal that ended it.</param>
    public static LaunchAnswer Parse(string text, int code)
    {
        var parts = text.TrimEnd('\n').Split(' ', 4);
        return parts switch
        {
            ["ok", var pid, var ticks] when Number(pid) is { } id && long.TryParse(ticks, CultureInfo.InvariantCulture, out var start) => new(new RunningInit(id, start), 0, "", ""),
            ["error", var error, var step, var subject] when Number(error) is { } number => new(null, number, step, subject),
            _ => new(null, 0, "launcher", code > 128 ? $"ended by signal {code - 128}" : $"ended with {code} and no answer"),
        };
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
