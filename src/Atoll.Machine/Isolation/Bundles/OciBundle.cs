using System.Text.Json;
using Atoll.Machine.Isolation.Cgroups;

namespace Atoll.Machine.Isolation.Bundles;

/// <summary>Writes a bundle: <c>config.json</c>, and beside it the files of ours that appear below <c>/etc</c> inside.</summary>
internal static class OciBundle
{
    public const string SpecFile = "config.json";

    public static async Task WriteAsync(string folder, LaunchPlan plan, CgroupLimits limits, string cgroupsPath, OciSeccomp? seccomp, CancellationToken cancellation)
    {
        foreach (var (name, content) in EtcFiles.For(plan)) await File.WriteAllTextAsync(Path.Combine(folder, name), content, cancellation);
        var spec = OciSpecBuilder.Build(plan, limits, cgroupsPath, folder, OpenFileLimit.Value, seccomp);
        await File.WriteAllBytesAsync(Path.Combine(folder, SpecFile), JsonSerializer.SerializeToUtf8Bytes(spec, OciJson.Default.OciSpec), cancellation);
    }
}
