using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Sandboxes.Usage;
using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Atoll.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Metering;

public abstract class UsageTests : StoreSuite
{
    private const long MiB = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Usage_OfARunningSandbox_IsSavedAndGoesOnAfterARestartWithoutLossOrDoubling()
    {
        await using var core = await StartAsync();
        var begun = core.Clock.GetUtcNow();
        core.Machine.CpuSeconds = _ => (core.Clock.GetUtcNow() - begun).TotalSeconds / 2;
        core.Machine.Usage = _ => new(default, 0, 64 * MiB, 1, 8 * MiB, 0, (long)(core.Clock.GetUtcNow() - begun).TotalSeconds * 10);
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 0 });

        await SavedAsync(core);
        await core.StopHostAsync();
        core.Clock.Advance(TimeSpan.FromSeconds(100));
        await core.StartHostAsync();
        await Eventually.HoldsAsync("it goes on", () => core.Services.GetRequiredService<UsageBook>().Resumed.IsCompletedSuccessfully, Cancellation);
        Expect(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation));
        var lived = (core.Clock.GetUtcNow() - begun).TotalSeconds;
        await core.Services.GetRequiredService<UsageBook>().SaveAsync();

        var line = Assert.Single((await ReadAsync(core, UsageGrouping.Sandbox)).Lines);
        Assert.Equal(sandbox.Id, line.Sandbox);
        Assert.Equal(lived, line.Sums.RunningSeconds, 3);
        Assert.Equal(lived / 2, line.Sums.CpuSeconds, 3);
        Assert.Equal(lived * 10, line.Sums.EgressBytes, 10d);
        Assert.Equal(lived * 64, line.Sums.MemoryUsedMiBSeconds, 3);
        Assert.Equal(lived * sandbox.Spec.Limits.MemoryMiB, line.Sums.MemoryReservedMiBSeconds, 3);
        Assert.Equal(lived * 8, line.Sums.DiskMiBSeconds, 3);
        var all = Assert.Single((await ReadAsync(core, UsageGrouping.Team)).Lines);
        Assert.Equal(line.Sums.CpuSeconds, all.Sums.CpuSeconds, 6);
        Assert.Empty(Expect(await core.Services.GetRequiredService<IUsage>().ReadAsync(OtherTeam, new(null, null, null, UsageGrouping.Sandbox, 10, null), Cancellation)).Lines);
    }

    [Fact]
    public async Task End_RemovalTriedAgain_MeasuredOnceBeforeTheFirst()
    {
        await using var core = await StartAsync();
        core.Machine.CpuSeconds = _ => 7;
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 0 });
        core.Machine.OnRemove = _ => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage, "Busy."));
        ExpectFault(await core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation), FaultCode.HostFailure);
        core.Machine.OnRemove = _ => Task.FromResult<Fault?>(null);
        core.Machine.CpuSeconds = _ => 99;
        await core.AdvanceUntilAsync("it is removed", TimeSpan.FromSeconds(5), () => core.Machine.Live.Count == 0);

        // Not by SaveAsync: the loop, whose time has come with the clock's, may have it in hand.
        await SavedAsync(core);

        Assert.Equal(7, Assert.Single((await ReadAsync(core, UsageGrouping.Sandbox)).Lines).Sums.CpuSeconds);
    }

    [Fact]
    public async Task Save_OfOneThatIsBeingRemoved_IsOneRow()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync(new() { TimeoutSeconds = 0 });
        TaskCompletionSource removing = new(TaskCreationOptions.RunContinuationsAsynchronously), saved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Machine.OnRemove = async _ =>
        {
            removing.SetResult();
            await saved.Task;
            return null;
        };
        var deleting = core.Sandboxes.DeleteAsync(Team, sandbox.Id.Value, Cancellation);
        await removing.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        try
        {
            await core.Services.GetRequiredService<UsageBook>().SaveAsync();
        }
        finally
        {
            saved.SetResult();
        }

        Expect(await deleting);
        Assert.Equal(sandbox.Id, Assert.Single((await ReadAsync(core, UsageGrouping.Sandbox)).Lines).Sandbox);
    }

    [Fact]
    public async Task Read_Groups_SumsInOrderPageByPage()
    {
        await using var core = await StartAsync();
        var first = SandboxMeter.HourOf(new DateTimeOffset(2026, 2, 27, 22, 0, 0, TimeSpan.Zero));
        SandboxId[] ids = [.. Enumerable.Range(0, 3).Select(_ => SandboxId.New()).OrderBy(x => x.Value, StringComparer.Ordinal)];
        var store = core.Services.GetRequiredService<UsageStore>();
        for (var twice = 0; twice < 2; twice++)
        {
            Expect(await store.SaveAsync([.. ids.SelectMany(id => Enumerable.Range(0, 4).Select(hour => new Core.Store.Rows.UsageRow
            {
                Sandbox = id.Value, Hour = first + hour, Team = Team.Value, CpuSeconds = 10, EgressBytes = 1L << 40, LastAt = core.Clock.GetUtcNow(),
            }))]));
        }

        var page = await ReadAsync(core, UsageGrouping.Sandbox, limit: 2);
        Assert.Equal(ids[..2], page.Lines.Select(x => x.Sandbox!.Value));
        Assert.All(page.Lines, x => Assert.Equal((40, 4d * (1L << 40)), (x.Sums.CpuSeconds, x.Sums.EgressBytes)));
        Assert.Equal([ids[2]], (await ReadAsync(core, UsageGrouping.Sandbox, limit: 2, cursor: page.NextCursor)).Lines.Select(x => x.Sandbox!.Value));

        var days = await ReadAsync(core, UsageGrouping.Day, limit: 1);
        Assert.Equal((new DateTimeOffset(2026, 2, 27, 0, 0, 0, TimeSpan.Zero), 60), (days.Lines[0].At, days.Lines[0].Sums.CpuSeconds));
        Assert.Equal(new DateTimeOffset(2026, 2, 28, 0, 0, 0, TimeSpan.Zero), Assert.Single((await ReadAsync(core, UsageGrouping.Day, limit: 1, cursor: days.NextCursor)).Lines).At);
        Assert.Equal(4, (await ReadAsync(core, UsageGrouping.Hour)).Lines.Count);
        var one = Expect(await core.Services.GetRequiredService<IUsage>().ReadAsync(
            Team, new(DateTimeOffset.UnixEpoch.AddHours(first + 1).AddMinutes(5), DateTimeOffset.UnixEpoch.AddHours(first + 2).AddMinutes(5), ids[0], UsageGrouping.Team, 10, null), Cancellation));
        Assert.Equal((20, DateTimeOffset.UnixEpoch.AddHours(first + 1), DateTimeOffset.UnixEpoch.AddHours(first + 3)), (Assert.Single(one.Lines).Sums.CpuSeconds, one.Start, one.End));
        ExpectFault(await core.Services.GetRequiredService<IUsage>().ReadAsync(Team, new(null, null, null, UsageGrouping.Hour, 10, "x"), Cancellation), FaultCode.InvalidRequest);
    }

    [Fact]
    public async Task Clean_TooOldAndTooMany_OldestHoursGo()
    {
        await using var core = await StartAsync();
        var now = SandboxMeter.HourOf(core.Clock.GetUtcNow());
        var store = core.Services.GetRequiredService<UsageStore>();
        Expect(await store.SaveAsync([.. Enumerable.Range(0, 10).Select(ago => new Core.Store.Rows.UsageRow
        {
            Sandbox = SandboxId.New().Value, Hour = now - ago, Team = Team.Value, CpuSeconds = ago, LastAt = core.Clock.GetUtcNow(),
        })]));

        Assert.Equal(2, Expect(await store.CleanAsync(now - 7, 100, Cancellation)));
        Assert.Equal(3, Expect(await store.CleanAsync(now - 100, 5, Cancellation)));
        Assert.Equal([4d, 3, 2, 1, 0], (await ReadAsync(core, UsageGrouping.Hour)).Lines.Select(x => x.Sums.CpuSeconds));
    }

    [Fact]
    public void Cost_OfSums_IsAmountTimesPrice()
    {
        UsageRates rates = new() { CpuSecond = 0.5m, MemoryGiBSecond = 2, DiskGiBSecond = 0, EgressGiB = 0.1m };
        UsageSums sums = new(10, 2048, 4096, 999, 3d * (1 << 30), 0, 0, 0, 0);
        Assert.Equal(new(5, 4, 0, 0.3m, 9.3m), rates.CostOf(sums));
        rates.MemoryReserved = true;
        Assert.Equal(8, rates.CostOf(sums).Memory);
    }

    private static Task SavedAsync(TestCore core) => Eventually.HoldsAsync(
        "what it used is measured and saved",
        async () =>
        {
            core.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await ReadAsync(core, UsageGrouping.Sandbox)).Lines.Count == 1;
        },
        Cancellation);

    private static async Task<UsageReport> ReadAsync(TestCore core, UsageGrouping grouping, int limit = 100, string? cursor = null) =>
        Expect(await core.Services.GetRequiredService<IUsage>().ReadAsync(Team, new(null, null, null, grouping, limit, cursor), Cancellation));
}
