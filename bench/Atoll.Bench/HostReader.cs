using System.Globalization;
using Atoll.Bench.Bare;
using Atoll.Bench.Installing;
using Atoll.Bench.Reporting;

namespace Atoll.Bench;

/// <summary>Describes the host that the figures come from.</summary>
internal static class HostReader
{
    public static async Task<HostDescription> ReadAsync(string repository, BareTools bare, string command, double load)
    {
        var (_, commit) = await HostTool.TryAsync(["git", "-C", repository, "describe", "--always", "--dirty", "--exclude=*"]);
        return new HostDescription(
            After("/proc/cpuinfo", "model name"),
            Environment.ProcessorCount,
            Math.Round(double.Parse(After("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / (1 << 20), 1),
            After("/etc/os-release", "PRETTY_NAME").Trim('"'),
            (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease")).Trim(),
            bare.Runc.Version,
            bare.Runsc?.Version,
            bare.Bwrap,
            commit.Trim(),
            TimeProvider.System.GetUtcNow(),
            command,
            load);
    }

    public static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The text after a key and its <c>:</c> or <c>=</c>, in the first line that begins with it.</summary>
    private static string After(string file, string key) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].TrimStart(':', '=', ' ', '\t').Trim() ?? "unknown";
}
