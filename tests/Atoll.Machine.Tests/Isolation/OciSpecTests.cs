using System.Runtime.InteropServices;
using System.Text.Json;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Seccomp;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Isolation;

public sealed class OciSpecTests
{
    /// <summary>The whole wall in one file, so that every change of it is seen in review.</summary>
    [Fact]
    public async Task Build_KnownPlan_IsTheGoldenFile()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture is Architecture.X64, "the golden file is for x86-64");
        var plan = new LaunchPlan(
            SandboxId.Parse("s00000000000000000000"), "/pool/root", "/run/netns/n1", "box", new SandboxLimits(1.5, 512, 1024, 200), ["/.atoll/agent"], ["A=1"], "/run/atoll/guest", "10.0.0.1")
        {
            Volumes = [new("/pool/volumes/v1", "/data", ReadOnly: false), new("/pool/volumes/v2", "/srv/models", ReadOnly: true)],
        };
        var spec = OciSpecBuilder.Build(plan, CgroupLimits.For(plan.Limits, processes => processes), "/atoll/s00000000000000000000", "/run/atoll/runc/s0/bundle", Wall.OpenFiles, SeccompProfile.For(Architecture.X64));
        var json = JsonSerializer.Serialize(spec, OciJson.Default.OciSpec) + "\n";
        var golden = Path.Combine(AppContext.BaseDirectory, "Isolation", "config.golden.json");

        Assert.True(File.Exists(golden), json);
        Assert.Equal(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), json);
    }

    /// <summary>Process 1 alone may mount, and refuses it to the rest itself (Native/kernel.c); what has no such process 1 may not.</summary>
    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(1, 1)]
    [InlineData(1.5, 2)]
    public void Build_WhereProcess1PreparesTheKernel_SaysHowManyCoresToShow(double cpu, int cores)
    {
        var plan = new LaunchPlan(SandboxId.New(), "/pool/root", "", "box", new SandboxLimits(cpu, 512, 1024, 200), ["/.atoll/agent"], ["A=1"], "/run/atoll/guest", "10.0.0.1");
        var limits = CgroupLimits.For(plan.Limits, processes => processes);
        var profile = SeccompProfile.ForOwnKernel(Architecture.X64)!;
        var (without, with) = (Build(plan), Build(plan with { PreparesKernel = true }));

        Assert.Equal(["A=1"], without.Process.Env);
        Assert.Equal(["A=1", $"ATOLL_CORES={cores}"], with.Process.Env);
        Assert.DoesNotContain("CAP_SYS_ADMIN", without.Process.Capabilities.Bounding);
        Assert.Contains("CAP_SYS_ADMIN", with.Process.Capabilities.Bounding);
        Assert.Equal(["mount"], Named(without).Except(Named(with)));
        Assert.Empty(Named(with).Except(Named(without)));

        OciSpec Build(LaunchPlan plan) => OciSpecBuilder.Build(plan, limits, "/atoll/box", "/run/atoll/runsc/box/bundle", Wall.OpenFiles, profile);
        static IEnumerable<string> Named(OciSpec spec) => spec.Linux.Seccomp!.Syscalls.SelectMany(rule => rule.Names);
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Seccomp_Rules_KeepWhatLibseccompCannotExpressOut(Architecture architecture)
    {
        var profile = SeccompProfile.For(architecture)!;

        // Two conditions on one argument are an "or", and a name that is allowed without conditions makes those with conditions void.
        Assert.All(profile.Syscalls, rule => Assert.True(rule.Args is not { } arguments || arguments.Select(argument => argument.Index).Distinct().Count() == arguments.Length));
        var free = profile.Syscalls.Where(rule => rule.Args is null && rule.Action == "SCMP_ACT_ALLOW").SelectMany(rule => rule.Names).ToHashSet();
        Assert.DoesNotContain(profile.Syscalls, rule => rule.Args is not null && rule.Names.Any(free.Contains));
        Assert.Single(profile.Architectures);
        foreach (var closed in new[] { "mount", "unshare", "setns", "bpf", "keyctl", "io_uring_setup", "userfaultfd", "socket", "clone3", "fsopen", "move_mount", "perf_event_open" }) Assert.DoesNotContain(closed, free);
    }

    [Fact]
    public void Prepare_TemporaryFolder_IsNeverEmpty()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.PathOf("tmp"));

        Assert.True(MountPoints.Prepare(scratch.Folder, []).Succeeded);
        Assert.True(MountPoints.Prepare(scratch.Folder, []).Succeeded);
        Assert.NotEmpty(Directory.EnumerateFiles(scratch.PathOf("tmp")));
    }

    [Fact]
    public void OwnLimit_OfOpenFiles_IsTheHardOne() => Assert.Equal(
        20000ul, OpenFileLimit.OwnLimit(["Limit                     Soft Limit           Hard Limit           Units     ", "Max open files            1024                 20000                files     "]));

    [Fact]
    public void OptionsValidator_ManyMistakes_NamesAll()
    {
        var result = new IsolationOptionsValidator().Validate(null, new IsolationOptions { RuncPath = "", RunscPath = "a/b", StartTimeLimit = TimeSpan.Zero, MaxConcurrentStarts = 0, RunscFlags = ["x"], LauncherPath = "x", FirstUid = 1000, UidRanges = 0 });

        Assert.Equal(8, result.Failures?.Count());
        Assert.True(new IsolationOptionsValidator().Validate(null, new IsolationOptions()).Succeeded);
    }
}
