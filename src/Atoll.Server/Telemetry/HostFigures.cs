using System.Diagnostics.Metrics;
using System.Globalization;
using Atoll.Core.Metrics;
using Atoll.Machine.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Telemetry;

/// <summary>Figures of the host and of the server's own process, read from the kernel when somebody asks.</summary>
internal sealed class HostFigures(AtollMetrics metrics, IOptions<MachineOptions> options)
{
    public void Register()
    {
        var meter = metrics.Meter;
        meter.CreateObservableGauge("atoll.host.memory.total", () => Kibibytes("/proc/meminfo", "MemTotal:"), "By", "Memory of the host.");
        meter.CreateObservableGauge("atoll.host.memory.available", () => Kibibytes("/proc/meminfo", "MemAvailable:"), "By", "Memory that the host could still give.");
        meter.CreateObservableGauge("atoll.host.disk.size", () => Disks(x => x.TotalSize), "By", "Size of the pool of sandboxes and of the disk with the server's state.");
        meter.CreateObservableGauge("atoll.host.disk.free", () => Disks(x => x.AvailableFreeSpace), "By", "Room left on them.");
        meter.CreateObservableGauge("process.open_fds", () => (long)Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(), null, "Open file descriptors of the server.");
        meter.CreateObservableGauge("process.threads", () => Number("/proc/self/status", "Threads:"), null, "Threads of the server.");
        meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "CPU time of the server.");
    }

    private IEnumerable<Measurement<long>> Disks(Func<DriveInfo, long> figure)
    {
        var state = options.Value.StateDirectory;
        foreach (var (of, folder) in ((string, string)[])[("pool", Path.Combine(state, "pool")), ("state", state)])
        {
            if (Directory.Exists(folder)) yield return new(figure(new DriveInfo(folder)), new KeyValuePair<string, object?>("of", of));
        }
    }

    private static long Kibibytes(string file, string name) => Number(file, name) * 1024;

    private static long Number(string file, string name)
    {
        var line = File.ReadLines(file).FirstOrDefault(x => x.StartsWith(name, StringComparison.Ordinal));
        var word = line?[name.Length..].Split(' ', '\t').FirstOrDefault(x => x.Length > 0);
        return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }
}
