using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Launching;
using Atoll.Machine.Isolation.Runtimes;
using Atoll.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>Where our own launcher cannot do it, <c>runc</c> does, and says why.</summary>
public sealed class LauncherFallbackTests(GuestKit kit) : IClassFixture<GuestKit>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probe_LauncherMissing_IsRuncWithTheReason()
    {
        Requires.Root();
        Requires.Tool("runc");
        using var scratch = new Scratch();
        await using var services = Provide(scratch, options => options.LauncherPath = scratch.PathOf("no-launcher"));
        var support = await services.GetRequiredKeyedService<ISandboxRuntime>(IsolationKind.Container).ProbeAsync(Cancellation);

        Assert.True(support.Available, support.Missing);
        Assert.StartsWith("runc version", support.Runtime, StringComparison.Ordinal);
        Assert.Contains("no-launcher", support.Runtime, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RootOnOverlay_IsStartedByRunc()
    {
        Requires.Tool("runc");
        await using var bench = await Bench.CreateAsync(kit, IsolationKind.Container);
        var lower = await bench.MakeRootAsync("lower");
        var (merged, upper, work) = (Path.Combine(bench.Folder, "merged"), Path.Combine(bench.Folder, "upper"), Path.Combine(bench.Folder, "work"));
        foreach (var folder in new[] { merged, upper, work }) Directory.CreateDirectory(folder);
        await bench.ToolAsync("mount", "-t", "overlay", "-o", $"lowerdir={lower},upperdir={upper},workdir={work}", "overlay", merged);
        try
        {
            var plan = bench.Plan(merged, "/bin/sleep", "100000");
            var init = await bench.StartAsync(plan);
            Assert.True(Directory.Exists(Path.Combine(bench.RunFolder, "runc", plan.Id.Value)));
            Assert.Equal(init, await bench.Runtime.InspectAsync(plan.Id, Cancellation));
            Assert.Equal([plan.Id], await bench.Runtime.ListAsync(Cancellation));
            Assert.True((await bench.Runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
            Assert.Empty(bench.TracesOf(plan.Id));
        }
        finally
        {
            await bench.ToolAsync("umount", merged);
        }
    }

    [Fact]
    public async Task OtherSetting_AfterARestart_StillFindsWhatRuns()
    {
        await using var bench = await Bench.CreateAsync(kit, IsolationKind.Container);
        var plan = bench.Plan(await bench.MakeRootAsync("root"), "/bin/sleep", "100000");
        var init = await bench.StartAsync(plan);
        await using var again = bench.Again(ContainerLauncher.Runc);
        var runtime = again.GetRequiredKeyedService<ISandboxRuntime>(IsolationKind.Container);

        Assert.Equal(init, await runtime.InspectAsync(plan.Id, Cancellation));
        Assert.Equal([plan.Id], await runtime.ListAsync(Cancellation));
        Assert.True((await runtime.RemoveAsync(plan.Id, Cancellation)).Succeeded);
        Assert.Empty(bench.TracesOf(plan.Id));
    }

    [Fact]
    public async Task Ranges_AfterARestart_AreNotGivenOutTwice()
    {
        await using var bench = await Bench.CreateAsync(kit, IsolationKind.Container);
        var plan = bench.Plan(await bench.MakeRootAsync("root"), "/bin/sleep", "100000");
        await bench.StartAsync(plan);
        await using var again = bench.Again();
        var records = again.GetRequiredService<LaunchRecords>();
        var other = SandboxId.New();

        Assert.NotEqual(records.Read(plan.Id)!.FirstUid, records.Create(other).Value);
        records.Delete(other);
    }

    private static ServiceProvider Provide(Scratch scratch, Action<IsolationOptions> configure) => new ServiceCollection()
        .AddLogging()
        .Configure<MachineOptions>(options => (options.Instance, options.RuntimeDirectory, options.StateDirectory) = (scratch.Instance, scratch.PathOf("run"), scratch.PathOf("state")))
        .Configure(configure)
        .AddSandboxIsolation()
        .BuildServiceProvider();
}
