using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Idling;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Machine.Tests.Isolation;

public sealed class IdleSentriesTests(GuestKit kit) : IClassFixture<GuestKit>
{
    private const string Exact = "50000";
    private const string Late = "10000000";
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(100); // So that what the sentry really used between two looks is little.

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Idle_TimersLateButTheMonitors_ExactAgainWhenUsed()
    {
        await using var host = await Bench.CreateAsync(kit, IsolationKind.GVisor);
        var plan = host.Plan(await host.MakeRootAsync("root"), "/bin/sleep", "100000");
        var sentry = await host.StartAsync(plan);
        using var idle = Idle(host);
        Look(idle, 3);
        Assert.Equal(Late, SlackOf(sentry)[0]);
        Assert.Equal(Exact, SlackOf(sentry)[1]);
        Assert.All(SlackOf(sentry)[2..], slack => Assert.Equal(Late, slack));

        idle.Use(plan.Id);
        Assert.All(SlackOf(sentry), slack => Assert.Equal(Exact, slack));
        Look(idle, 1);
        Assert.Equal(Exact, SlackOf(sentry)[0]);
        Look(idle, 1);
        Assert.Equal(Late, SlackOf(sentry)[0]);
    }

    [Fact]
    public async Task Busy_WithoutAnyCall_TimersStayExact()
    {
        await using var host = await Bench.CreateAsync(kit, IsolationKind.GVisor);
        var sentry = await host.StartAsync(host.Plan(await host.MakeRootAsync("root"), "/bin/sh", "-c", "while :; do /bin/true; done"));
        using var idle = Idle(host);
        Look(idle, 3);
        Assert.Equal(Late, SlackOf(sentry)[0]);
        await Eventually.HoldsAsync("what it does was seen", () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            idle.Look();
            return SlackOf(sentry)[0] == Exact;
        }, Cancellation);
    }

    [Fact]
    public async Task Container_IsLeftAlone()
    {
        await using var host = await Bench.CreateAsync(kit, IsolationKind.Container);
        var init = await host.StartAsync(host.Plan(await host.MakeRootAsync("root"), "/bin/sleep", "100000"));
        using var idle = Idle(host);
        Look(idle, 3);
        Assert.Equal(Exact, SlackOf(init)[0]);
    }

    [Fact]
    public async Task Round_ThatFails_IsToldOnceAndTheNextComes()
    {
        var folder = Directory.CreateTempSubdirectory("atoll-test-idle");
        try
        {
            // A link to itself: no list of what is in it, as without a descriptor left.
            File.CreateSymbolicLink(Path.Combine(folder.FullName, "runsc"), "runsc");
            CountingLogger<IdleSentries> log = new();
            using var idle = new IdleSentries(Options.Create(new MachineOptions { RuntimeDirectory = folder.FullName }), Options.Create(new IsolationOptions()), _time, log);
            await idle.StartAsync(Cancellation);
            await Eventually.HoldsAsync("it was told", () =>
            {
                _time.Advance(AWhile);
                return log.Count > 0;
            }, Cancellation);
            File.Delete(Path.Combine(folder.FullName, "runsc"));
            _time.Advance(AWhile);
            await idle.StopAsync(Cancellation);
            Assert.True(idle.ExecuteTask!.IsCompletedSuccessfully);
            Assert.Equal(1, log.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private IdleSentries Idle(Bench host) => new(
        Options.Create(new MachineOptions { RuntimeDirectory = host.RunFolder }), Options.Create(new IsolationOptions()), _time, NullLogger<IdleSentries>.Instance);

    private void Look(IdleSentries idle, int times)
    {
        for (var time = 0; time < times; time++)
        {
            _time.Advance(AWhile);
            idle.Look();
        }
    }

    private static List<string> SlackOf(RunningInit init) =>
        [.. Directory.EnumerateDirectories($"/proc/{init.Pid}/task").Select(thread => File.ReadAllText($"/proc/{Path.GetFileName(thread)}/timerslack_ns").Trim())];
}
