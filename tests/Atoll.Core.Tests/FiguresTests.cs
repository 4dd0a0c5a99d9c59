using System.Diagnostics;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Tests.Sandboxes;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests;

/// <summary>Measures what Core costs on its own, with a machine that does everything at once. Run with ATOLL_FIGURES=1; asserts nothing, as other tests share the processor.</summary>
public sealed class FiguresTests
{
    [Fact]
    public async Task Figures()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ATOLL_FIGURES") == "1", "ATOLL_FIGURES=1 measures");
        var started = Stopwatch.GetTimestamp();
        await using var core = await StartAsync();
        Show("start of the host, cold", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");
        await core.StopHostAsync();
        started = Stopwatch.GetTimestamp();
        await core.StartHostAsync();
        Show("start of the host, warm", Stopwatch.GetElapsedTime(started).TotalMilliseconds, "ms");

        await MeasureAsync("create", 1000, async () => await core.CreateAsync(new() { TimeoutSeconds = 0 }));
        var sandbox = await core.CreateAsync(new() { Name = "web" });
        await MeasureAsync("list of 1,000", 200, async () => Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything, default)));
        await MeasureAsync("list of 1,000 from the database", 50, async () =>
            Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything with { States = [Core.Sandboxes.SandboxState.Running, Core.Sandboxes.SandboxState.Failed] }, default)));
        var grain = core.Services.GetRequiredService<IGrainFactory>().GetGrain<ISandboxGrain>(sandbox.Id.Value);
        await MeasureAsync("grain call", 20_000, () => grain.PokeAsync());
        await MeasureAsync("update", 500, async () => Expect(await core.Sandboxes.UpdateAsync(Team, "web", new() { IdleSeconds = 5 }, default)));
        await MeasureAsync("use", 100_000, () =>
        {
            Expect(core.Sandboxes.Use(Team, "web")).Dispose();
            return Task.CompletedTask;
        });
        await MeasureAsync("create and delete", 500, async () => Expect(await core.Sandboxes.DeleteAsync(Team, (await core.CreateAsync()).Id.Value, default)));
    }

    [Fact]
    public async Task FiguresOfSleepers()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ATOLL_FIGURES") == "1", "ATOLL_FIGURES=1 measures");
        const int count = 1000;
        await using var core = await StartAsync();
        async Task SleepAsync(int sandboxes)
        {
            for (var i = 0; i < sandboxes; i++)
            {
                var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 0 });
                Expect(await core.Sandboxes.UsageAsync(Team, sandbox.Id.Value, null, null, default));
                Expect(await core.Sandboxes.SleepAsync(Team, sandbox.Id.Value, Core.Sandboxes.LifecycleAction.Suspend, default));
            }
        }

        await SleepAsync(100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await SleepAsync(count);
        Show("a suspended sandbox", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / count, "KiB");
        await MeasureAsync("list of 1,000 suspended", 200, async () => Expect(await core.Sandboxes.ListAsync(Team, LifecycleTests.Everything with { States = [Core.Sandboxes.SandboxState.Suspended] }, default)));
        var all = GC.GetTotalMemory(forceFullCollection: true);
        await core.StopHostAsync();
        var down = GC.GetTotalMemory(forceFullCollection: true);
        await core.StartHostAsync();
        Show("1,100 suspended and the server, after a restart, of the memory before it", 100.0 * GC.GetTotalMemory(forceFullCollection: true) / all, "%");
        Show("the server's own, down", down / 1024.0 / 1024, "MiB");
    }

    private static async Task MeasureAsync(string what, int times, Func<Task> measured)
    {
        List<double> taken = [];
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await measured();
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        taken.Sort();
        Show($"{what} p50", taken[times / 2], "us");
        Show($"{what} p99", taken[times * 99 / 100], "us");
    }

    private static void Show(string what, double value, string unit) => TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {value:0.0} {unit}");
}
