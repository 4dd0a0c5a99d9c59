using System.Globalization;
using System.Text.Json;
using Atoll.Machine.Isolation.Cgroups;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>Writes a bundle: <c>config.json</c>, and beside it the files of ours that appear below <c>/etc</c> inside.</summary>
internal static class OciBundle
{
    public const string SpecFile = "config.json";

    private static readonly Lazy<ulong> OpenFiles = new(() => Math.Min(Wall.OpenFiles, OwnLimit(File.ReadLines("/proc/self/limits"))));

    public static async Task WriteAsync(string folder, LaunchPlan plan, CgroupLimits limits, string cgroupsPath, OciSeccomp? seccomp, CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "resolv.conf"), $"nameserver {plan.Nameserver}\n", cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "hostname"), $"{plan.Hostname}\n", cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "hosts"),
            $"127.0.0.1\tlocalhost\n127.0.1.1\t{plan.Hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n",
            cancellation);
        var spec = OciSpecBuilder.Build(plan, limits, cgroupsPath, folder, OpenFiles.Value, seccomp);
        await File.WriteAllBytesAsync(Path.Combine(folder, SpecFile), JsonSerializer.SerializeToUtf8Bytes(spec, OciJson.Default.OciSpec), cancellation);
    }

    /// <summary>The hard limit of this process: without CAP_SYS_RESOURCE a runtime cannot go above it. Columns: name, soft, hard, unit, with blanks in the name.</summary>
    internal static ulong OwnLimit(IEnumerable<string> limits)
    {
        const string Name = "Max open files";
        var hard = limits.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return ulong.TryParse(hard, CultureInfo.InvariantCulture, out var most) ? most : ulong.MaxValue;
    }
}
