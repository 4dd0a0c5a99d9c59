namespace Atoll.Client.Metering;

/// <summary>What was used by one sandbox, or by all in one hour or day, or by the team.</summary>
/// <param name="Sandbox">Where lines are sandboxes.</param>
/// <param name="At">Where lines are hours or days: when it begins.</param>
public sealed record UsageLineInfo(
    string? Sandbox,
    DateTimeOffset? At,
    double CpuSeconds,
    double MemoryUsedMiBSeconds,
    double MemoryReservedMiBSeconds,
    double DiskMiBSeconds,
    long EgressBytes,
    long IngressBytes,
    double RunningSeconds,
    double PausedSeconds,
    double SuspendedSeconds,
    UsageCostInfo Cost);
