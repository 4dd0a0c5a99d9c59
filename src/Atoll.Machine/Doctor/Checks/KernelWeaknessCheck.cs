using System.Text.RegularExpressions;
using Atoll.Machine.Doctor.Weaknesses;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>The running kernel against what is known of it. Every isolation stands on it, gVisor's with a smaller foot.</summary>
internal sealed partial class KernelWeaknessCheck : IDoctorCheck
{
    public string Name => "known weaknesses: kernel";

    public Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        var signature = File.Exists("/proc/version_signature") ? File.ReadAllText("/proc/version_signature") : "";
        var version = VersionOf(release, File.ReadAllText("/proc/version"), signature);
        var mended = new DistributionNotes().FixedBy("linux-image-" + release, KnownWeaknesses.Kernel.Select(weakness => weakness.Id));
        return Task.FromResult(WeaknessReport.For(Name, "Linux", version, KnownWeaknesses.Kernel, mended, "Install the distribution's newest kernel and restart the host."));
    }

    /// <summary>Debian (<c>6.1.0-42-amd64</c>) and Ubuntu (<c>6.8.0-110-generic</c>) release names hide the upstream version; they tell it elsewhere.</summary>
    internal static ProgramVersion VersionOf(string release, string version, string signature) =>
        DebianVersion().Match(version) is { Success: true } debian ? ProgramVersion.Parse(debian.Groups[1].Value) with { OfDistribution = true }
        : UbuntuVersion().Match(signature) is { Success: true } ubuntu ? ProgramVersion.Parse(ubuntu.Groups[1].Value) with { OfDistribution = true }
        : ProgramVersion.Parse(release);

    [GeneratedRegex(@"Debian (\d+\.\d+\.\d+-\S+)")]
    private static partial Regex DebianVersion();

    [GeneratedRegex(@"^Ubuntu \S+ (\d+\.\d+\.\d+)")]
    private static partial Regex UbuntuVersion();
}
