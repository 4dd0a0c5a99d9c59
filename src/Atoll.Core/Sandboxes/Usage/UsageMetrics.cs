using System.Diagnostics.Metrics;
using Atoll.Core.Metrics;
using Atoll.Core.Sandboxes.Metering;

namespace Atoll.Core.Sandboxes.Usage;

/// <summary>What all sandboxes together have used since the server started. Of one sandbox or team, <see cref="IUsage"/> tells: as labels they would have no bound.</summary>
internal sealed class UsageMetrics(AtollMetrics metrics)
{
    private readonly Counter<double> _cpu = metrics.Meter.CreateCounter<double>("atoll.usage.cpu", "s", "CPU time used by sandboxes.");
    private readonly Counter<double> _memoryUsed = metrics.Meter.CreateCounter<double>("atoll.usage.memory.used.mebibyte", "s", "Memory in use by sandboxes, MiB over seconds.");
    private readonly Counter<double> _memoryReserved = metrics.Meter.CreateCounter<double>("atoll.usage.memory.reserved.mebibyte", "s", "Memory limits of sandboxes, MiB over seconds.");
    private readonly Counter<double> _disk = metrics.Meter.CreateCounter<double>("atoll.usage.disk.mebibyte", "s", "Disk in use by sandboxes, MiB over seconds.");
    private readonly Counter<double> _egress = metrics.Meter.CreateCounter<double>("atoll.usage.egress", "By", "Sent by sandboxes.");
    private readonly Counter<double> _ingress = metrics.Meter.CreateCounter<double>("atoll.usage.ingress", "By", "Received by sandboxes.");
    private readonly Counter<double> _time = metrics.Meter.CreateCounter<double>("atoll.usage.time", "s", "Time that sandboxes spent, by state.");

    public void Used(UsageSums sums)
    {
        _cpu.Add(sums.CpuSeconds);
        _memoryUsed.Add(sums.MemoryUsedMiBSeconds);
        _memoryReserved.Add(sums.MemoryReservedMiBSeconds);
        _disk.Add(sums.DiskMiBSeconds);
        _egress.Add(sums.EgressBytes);
        _ingress.Add(sums.IngressBytes);
        if (sums.RunningSeconds > 0) _time.Add(sums.RunningSeconds, new KeyValuePair<string, object?>("state", "running"));
        if (sums.PausedSeconds > 0) _time.Add(sums.PausedSeconds, new KeyValuePair<string, object?>("state", "paused"));
        if (sums.SuspendedSeconds > 0) _time.Add(sums.SuspendedSeconds, new KeyValuePair<string, object?>("state", "suspended"));
    }
}
