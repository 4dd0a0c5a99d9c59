using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes;

/// <summary>The status that waitpid gives (wait(2)).</summary>
internal static class WaitStatus
{
    private const int SignalMask = 0x7F;

    /// <summary>A signal counts as 128 + its number, as shells say it.</summary>
    public static ExitStatus Decode(int status)
    {
        var signal = status & SignalMask;
        return signal == 0 ? new ExitStatus { Code = (status >> 8) & 0xFF } : new ExitStatus { Code = 128 + signal, Signal = signal };
    }
}
