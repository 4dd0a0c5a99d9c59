using System.Globalization;
using System.Text;
using Atoll.Agent.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Observing;

/// <summary>What the sandbox sees of itself. Memory is what its limit leaves: under <c>runc</c> /proc/meminfo is the host's, so the cgroup's limit counts where it is lower.</summary>
internal static class SandboxMeter
{
    private const int MaxBytes = 64 * 1024;

    public static Metrics Measure()
    {
        var (total, available) = Memory();
        var (diskTotal, diskFree) = FileSystems.Measure("/");
        return new Metrics
        {
            Processes = (uint)Directory.EnumerateDirectories("/proc").Count(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])),
            MemoryTotal = total,
            MemoryAvailable = available,
            DiskTotal = diskTotal,
            DiskFree = diskFree,
            UptimeSeconds = double.TryParse(Text("/proc/uptime").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var uptime) ? uptime : 0,
            AgentResident = ResidentBytes(),
        };
    }

    /// <summary>The agent's own resident memory.</summary>
    public static ulong ResidentBytes()
    {
        const ulong PageBytes = 4096;
        var fields = Text("/proc/self/statm").Split(' ');
        return fields.Length > 1 && ulong.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pages) ? pages * PageBytes : 0;
    }

    private static (ulong Total, ulong Available) Memory()
    {
        ulong total = 0, available = 0;
        foreach (var line in Text("/proc/meminfo").Split('\n'))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)) total = Kilobytes(line);
            else if (line.StartsWith("MemAvailable:", StringComparison.Ordinal)) available = Kilobytes(line);
        }

        var limit = Number("/sys/fs/cgroup/memory.max") ?? Number("/sys/fs/cgroup/memory/memory.limit_in_bytes");
        var used = Number("/sys/fs/cgroup/memory.current") ?? Number("/sys/fs/cgroup/memory/memory.usage_in_bytes");
        if (limit is not { } most || used is not { } taken || most >= total) return (total, available);
        return (most, Math.Min(available, most > taken ? most - taken : 0));
    }

    private static ulong Kilobytes(string line) =>
        ulong.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : 0;

    private static ulong? Number(string path) =>
        ulong.TryParse(Text(path).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string Text(string path) => SmallFile.TryRead(path, MaxBytes) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
}
