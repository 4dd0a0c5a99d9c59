using System.IO.Compression;
using System.Text;
using Atoll.Machine.Doctor;
using Atoll.Machine.Doctor.Checks;
using Atoll.Machine.Doctor.Weaknesses;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Doctor;

public sealed class WeaknessTests : IDisposable
{
    private const string DebiansRunc = "runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\ngo: go1.19.8\nlibseccomp: 2.5.4\n";

    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("1.1.5+ds1-1+deb12u1", "1.1.5", true)]
    [InlineData("1.2.8", "1.2.8", false)]
    [InlineData("1.4.0-rc.3", "1.4.0", false)]
    [InlineData("0.0~20240729.0", "20240729.0", true)]
    [InlineData("release-20250407.0", "20250407.0", false)]
    [InlineData("6.1.159-1", "6.1.159", false)]
    [InlineData("5.14.0-427.13.1.el9_4.x86_64", "5.14.0", true)]
    [InlineData("6.18.44-fc-v657", "6.18.44", false)]
    [InlineData("1.3.0-0ubuntu2~24.04.1", "1.3.0", true)]
    public void Version_OfManyForms_IsTheUpstreamPart(string text, string numbers, bool ofDistribution)
    {
        var version = ProgramVersion.Parse(text);
        Assert.Equal((numbers, ofDistribution), (string.Join('.', version.Numbers), version.OfDistribution));
    }

    [Theory]
    [InlineData("6.12.84", true)]
    [InlineData("6.12.85", false)]
    [InlineData("6.13.12", true)]
    [InlineData("6.18.21", true)]
    [InlineData("6.18.44-fc-v657", false)]
    [InlineData("7.0", false)]
    [InlineData("7.3.1", false)]
    [InlineData("4.13.0", false)]
    public void Weakness_FixedOnBranches_IsInTheOthers(string version, bool affected) =>
        Assert.Equal(affected, KnownWeaknesses.Kernel.Single(weakness => weakness.Id == "CVE-2026-31431").IsIn(ProgramVersion.Parse(version)));

    [Fact]
    public void Report_DebiansRunc_TrustsItsChangelogAndIsNotSureOfTheRest()
    {
        WriteChangelog("runc", "runc (1.1.5+ds1-1+deb12u1) bookworm-security; urgency=high\n\n  * CVE-2024-21626: several container breakouts\n  * CVE-2024-453100 is another\n");
        var version = ProgramWeaknessCheck.VersionOf(DebiansRunc);
        var mended = new DistributionNotes(_scratch.Folder).FixedBy("runc", KnownWeaknesses.Runc.Select(weakness => weakness.Id));
        var finding = WeaknessReport.For("x", "runc", version, KnownWeaknesses.Runc, mended, "Upgrade it.");

        Assert.Equal(["CVE-2024-21626"], mended);
        Assert.Equal(DoctorStatus.Warn, finding.Status);
        Assert.Contains("1.1.5+ds1-1+deb12u1 may be affected; your distribution may have fixed it", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("CVE-2024-45310", finding.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("CVE-2024-21626", finding.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("CVE-2023-27561", finding.Detail, StringComparison.Ordinal);
        Assert.EndsWith("Upgrade it.", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_UpstreamsRunc_IsCertain()
    {
        var none = new HashSet<string>();
        Assert.StartsWith("runc 1.1.11 is affected by", WeaknessReport.For("x", "runc", ProgramVersion.Parse("1.1.11"), KnownWeaknesses.Runc, none, "").Detail, StringComparison.Ordinal);
        Assert.Equal(DoctorStatus.Ok, WeaknessReport.For("x", "runc", ProgramVersion.Parse("1.5.0"), KnownWeaknesses.Runc, none, "").Status);
    }

    [Fact]
    public async Task Check_OfRunsc_SaysWhatItDoesNotKeepApart()
    {
        var program = _scratch.PathOf("runsc");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho runsc version release-20260101.0\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var finding = await new ProgramWeaknessCheck("runsc", program, KnownWeaknesses.Runsc, KnownWeaknesses.RunscInside).CheckAsync(TestContext.Current.CancellationToken);

        Assert.Equal(DoctorStatus.Ok, finding.Status);
        Assert.Contains("flock", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("environment", finding.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("6.1.0-42-amd64", "Linux version 6.1.0-42-amd64 (x@debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.159-1 (2025-12-30)", "", "6.1.159")]
    [InlineData("6.8.0-110-generic", "Linux version 6.8.0-110-generic", "Ubuntu 6.8.0-110.110-generic 6.8.12\n", "6.8.12")]
    [InlineData("6.18.44", "Linux version 6.18.44", "", "6.18.44")]
    public void Kernel_OfDistributions_IsTheUpstreamVersion(string release, string version, string signature, string upstream) =>
        Assert.Equal(upstream, string.Join('.', KernelWeaknessCheck.VersionOf(release, version, signature).Numbers.Take(3)));

    [Fact]
    public void Lists_Kept_AreWellFormed() => Assert.All(
        KnownWeaknesses.Kernel.Concat(KnownWeaknesses.Runc).Concat(KnownWeaknesses.Runsc),
        weakness =>
        {
            Assert.Matches(@"^CVE-\d{4}-\d{4,}$", weakness.Id);
            Assert.NotEmpty(weakness.FixedIn);
            Assert.True(ProgramVersion.Parse(weakness.Since) < weakness.FixedIn.Select(ProgramVersion.Parse).Min()!);
        });

    public void Dispose() => _scratch.Dispose();

    private void WriteChangelog(string package, string text)
    {
        Directory.CreateDirectory(_scratch.PathOf(package));
        using var file = File.Create(Path.Combine(_scratch.PathOf(package), "changelog.Debian.gz"));
        using var packed = new GZipStream(file, CompressionLevel.Fastest);
        packed.Write(Encoding.UTF8.GetBytes(text));
    }
}
