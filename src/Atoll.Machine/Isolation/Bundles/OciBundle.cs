using System.Text.Json;
using Atoll.Machine.Isolation.Cgroups;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>Writes a bundle: <c>config.json</c>, and beside it the files of ours that appear below <c>/etc</c> inside.</summary>
internal static class OciBundle
{
    public const string SpecFile = "config.json";

    public static async Task WriteAsync(string folder, LaunchPlan plan, CgroupLimits limits, string cgroupsPath, CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "resolv.conf"), $"nameserver {plan.Nameserver}\n", cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "hostname"), $"{plan.Hostname}\n", cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "hosts"),
            $"127.0.0.1\tlocalhost\n127.0.1.1\t{plan.Hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n",
            cancellation);
        var spec = OciSpecBuilder.Build(plan, limits, cgroupsPath, folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, SpecFile), JsonSerializer.SerializeToUtf8Bytes(spec, OciJson.Default.OciSpec), cancellation);
    }
}
