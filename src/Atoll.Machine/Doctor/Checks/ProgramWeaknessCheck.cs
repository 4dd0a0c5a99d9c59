using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Atoll.Machine.Doctor.Weaknesses;
using Atoll.Machine.Hosting;

namespace Atoll.Machine.Doctor.Checks;

/// <summary>One of the runtimes against what is known of it.</summary>
/// <param name="program">Its name, which is also its package's.</param>
/// <param name="path">Where it is, or the name to look for.</param>
/// <param name="inside">What its sandboxes are to know of it besides.</param>
internal sealed partial class ProgramWeaknessCheck(string program, string path, ImmutableArray<Weakness> known, ImmutableArray<string> inside = default) : IDoctorCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public string Name => "known weaknesses: " + program;

    public async Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        var told = await HostCommand.RunAsync([path, "--version"], Limit, cancellation);
        if (!told.Succeeded) return new DoctorFinding(Name, DoctorStatus.Ok, $"{program} is not used on this host");
        var mended = new DistributionNotes().FixedBy(program, known.Select(weakness => weakness.Id));
        var finding = WeaknessReport.For(Name, program, VersionOf(told.Output), known, mended, $"Upgrade it (apt upgrade {program}, or the project's own release).");
        return inside.IsDefaultOrEmpty ? finding : finding with { Detail = $"{finding.Detail}. Inside: {string.Join("; ", inside)}" };
    }

    /// <summary>Debian's runc says 1.1.5+ds1 as its version, and all of it (1.1.5+ds1-1+deb12u1) as its commit.</summary>
    internal static ProgramVersion VersionOf(string output) =>
        ProgramVersion.Parse(PackagedCommit().Match(output) is { Success: true } commit ? commit.Groups[1].Value : FirstVersion().Match(output).Groups[1].Value);

    [GeneratedRegex(@"^commit: (\d+\.\S+)", RegexOptions.Multiline)]
    private static partial Regex PackagedCommit();

    [GeneratedRegex(@"version (\S+)")]
    private static partial Regex FirstVersion();
}
