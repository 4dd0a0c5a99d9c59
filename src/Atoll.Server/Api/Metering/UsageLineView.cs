using Atoll.Core.Sandboxes.Metering;

namespace Atoll.Server.Api.Metering;

/// <summary>What was used by one sandbox, or by all in one hour or day, or by the team.</summary>
/// <param name="Sandbox">Where lines are sandboxes.</param>
/// <param name="At">Where lines are hours or days: when it begins, UTC.</param>
/// <param name="MemoryUsedMiBSeconds">Memory in use, page cache included, while running or paused.</param>
/// <param name="MemoryReservedMiBSeconds">The memory limit, while running or paused.</param>
/// <param name="DiskMiBSeconds">What was written beyond the template.</param>
/// <param name="EgressBytes">Sent by sandboxes.</param>
/// <param name="IngressBytes">Received by sandboxes.</param>
internal sealed record UsageLineView(
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
    UsageCostView Cost)
{
    public static UsageLineView Of(UsageLine line, UsageRates rates)
    {
        var sums = line.Sums;
        return new(
            line.Sandbox?.Value,
            line.At,
            Round(sums.CpuSeconds),
            Round(sums.MemoryUsedMiBSeconds),
            Round(sums.MemoryReservedMiBSeconds),
            Round(sums.DiskMiBSeconds),
            (long)Math.Round(sums.EgressBytes),
            (long)Math.Round(sums.IngressBytes),
            Round(sums.RunningSeconds),
            Round(sums.PausedSeconds),
            Round(sums.SuspendedSeconds),
            UsageCostView.Of(rates.CostOf(sums)));
    }

    private static double Round(double value) => Math.Round(value, 6);
}
