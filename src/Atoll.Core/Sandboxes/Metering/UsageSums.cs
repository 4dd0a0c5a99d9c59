namespace Atoll.Core.Sandboxes.Metering;

/// <summary>What was used over some time.</summary>
/// <param name="CpuSeconds">CPU time.</param>
/// <param name="MemoryUsedMiBSeconds">Memory in use, page cache included, while running or paused. Between two samples it is taken to have changed evenly.</param>
/// <param name="MemoryReservedMiBSeconds">The memory limit, while running or paused.</param>
/// <param name="DiskMiBSeconds">What was written beyond the template.</param>
/// <param name="EgressBytes">Sent by the sandbox.</param>
/// <param name="IngressBytes">Received by the sandbox.</param>
/// <param name="RunningSeconds">Time spent running, in sum over sandboxes.</param>
/// <param name="PausedSeconds">Time spent paused.</param>
/// <param name="SuspendedSeconds">Time spent suspended.</param>
public sealed record UsageSums(
    double CpuSeconds,
    double MemoryUsedMiBSeconds,
    double MemoryReservedMiBSeconds,
    double DiskMiBSeconds,
    double EgressBytes,
    double IngressBytes,
    double RunningSeconds,
    double PausedSeconds,
    double SuspendedSeconds);
