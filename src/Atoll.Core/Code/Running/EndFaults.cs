using System.Globalization;
using Atoll.Core.Guests.Processes;

namespace Atoll.Core.Code.Running;

/// <summary>The error that an execution ends with: the code's own, or the server's words for what was done to it.</summary>
internal static class EndFaults
{
    public static CodeError? Of(CodeError? own, StopReason why, ExitStatus? exited, bool lost, ExecutionLimits limits)
    {
        if (why is StopReason.Timeout && (own is not null || lost))
        {
            var kept = lost ? $"did not end within {Seconds(limits.Grace)} more, and was killed: its context's state is lost" : "was interrupted; its context's state is kept";
            return new("Timeout", $"The code ran longer than {Seconds(limits.Timeout)} and {kept}.", own?.Traceback ?? "");
        }

        if (exited is null || own is not null) return own;
        if (why is StopReason.Killed) return new("Interrupted", "The context was deleted or restarted while the code ran.", "");
        if (why is StopReason.Call) return new("Interrupted", $"The code did not end within {Seconds(limits.Grace)} of being interrupted, and was killed: its context's state is lost.", "");
        var how = exited.Signal is { } signal ? $"was ended by signal {signal}{(signal == Signals.Kill ? " (often for lack of memory)" : "")}" : $"ended with exit code {exited.Code}";
        return new("InterpreterDied", $"The interpreter {how}; its context's state is lost. The next execution starts a fresh one.", "");
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
