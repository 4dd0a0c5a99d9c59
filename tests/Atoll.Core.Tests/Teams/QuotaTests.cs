using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Teams;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Teams;

public sealed class QuotaTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_ManyAtOnceOnASmallQuota_LetsInExactlyThatMany()
    {
        await using var core = await StartAsync();
        var team = Expect(await core.Teams.CreateAsync("acme", new(Sandboxes: 5), Cancellation)).Id;

        var made = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => core.Sandboxes.CreateAsync(team, new(), null, true, Cancellation), Cancellation)));

        Assert.Equal(5, made.Count(x => x.Succeeded));
        foreach (var refused in made.Where(x => !x.Succeeded))
        {
            var fault = ExpectFault(refused, FaultCode.QuotaExceeded);
            Assert.Equal("5 of 5 are used, and 1 more were asked for.", fault.Fields["sandboxes"]);
        }

        Assert.Equal(5, Expect(await core.Teams.FindAsync("acme", Cancellation)).Use.Sandboxes);
        await core.CreateAsync();
    }

    [Fact]
    public async Task Quota_OfWhatEndsFailsOrWasThereBefore_IsGivenBackAndFoundAgain()
    {
        await using var core = await StartAsync();
        var team = Expect(await core.Teams.CreateAsync("acme", new(Sandboxes: 2, MemoryMiB: 2048, Cpu: 1.5, DiskMiB: 20480), Cancellation)).Id;
        var one = await core.CreateAsync(new() { MemoryMiB = 1024, Cpu = 0.1, DiskMiB = 1024 }, team);
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, "No."));
        ExpectFault(await core.Sandboxes.CreateAsync(team, new() { MemoryMiB = 1024, Cpu = 0.2, DiskMiB = 1024 }, null, true, Cancellation), FaultCode.HostFailure);
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(null);
        Assert.Equal(new TeamUse(1, 0.1, 1024, 1024), await UseAsync(core));

        await core.StopHostAsync();
        await core.StartHostAsync();

        Assert.Equal(new TeamUse(1, 0.1, 1024, 1024), await UseAsync(core));
        var fault = ExpectFault(await core.Sandboxes.CreateAsync(team, new() { MemoryMiB = 1025, Cpu = 1.5, DiskMiB = 1024 }, null, true, Cancellation), FaultCode.QuotaExceeded);
        Assert.Equal(["cpu", "memoryMiB"], fault.Fields.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("0.1 of 1.5 cores are used, and 1.5 more were asked for.", fault.Fields["cpu"]);
        Expect(await core.Sandboxes.DeleteAsync(team, one.Id.Value, Cancellation));
        Assert.Equal(new TeamUse(0, 0, 0, 0), await UseAsync(core));
    }

    [Fact]
    public async Task Update_OfLimits_CountsAndIsPutBackWhenTheMachineRefuses()
    {
        await using var core = await StartAsync();
        var team = Expect(await core.Teams.CreateAsync("acme", new(MemoryMiB: 2048), Cancellation)).Id;
        var sandbox = await core.CreateAsync(new() { MemoryMiB = 1024 }, team);

        ExpectFault(await core.Sandboxes.UpdateAsync(team, sandbox.Id.Value, new() { MemoryMiB = 2049 }, Cancellation), FaultCode.QuotaExceeded);
        Assert.Equal(1024, (await UseAsync(core)).MemoryMiB);
        Expect(await core.Sandboxes.UpdateAsync(team, sandbox.Id.Value, new() { MemoryMiB = 2048 }, Cancellation));
        Assert.Equal(2048, (await UseAsync(core)).MemoryMiB);
        core.Machine.OnLimits = (_, _) => Task.FromResult<Fault?>(new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, "No."));
        ExpectFault(await core.Sandboxes.UpdateAsync(team, sandbox.Id.Value, new() { MemoryMiB = 512 }, Cancellation), FaultCode.HostFailure);
        Assert.Equal(2048, (await UseAsync(core)).MemoryMiB);

        // A lower quota ends nothing, and less may always be asked for.
        core.Machine.OnLimits = (_, _) => Task.FromResult<Fault?>(null);
        Expect(await core.Teams.UpdateAsync("acme", new(MemoryMiB: 256), Cancellation));
        Expect(await core.Sandboxes.UpdateAsync(team, sandbox.Id.Value, new() { MemoryMiB = 1024 }, Cancellation));
    }

    [Fact]
    public void Take_FasterThanTheRate_SaysWhenAgain()
    {
        FakeTimeProvider clock = new();
        TeamLedger ledger = new(clock);
        TeamId team = new("team_a");
        SandboxLimits limits = new(1, 1024, 1024, 100);
        ledger.SetQuota(team, new(CreatesPerMinute: 2));
        Expect(ledger.Take(team, SandboxId.New(), limits));
        var second = SandboxId.New();
        Expect(ledger.Take(team, second, limits));

        var fault = ExpectFault(ledger.Take(team, SandboxId.New(), limits), FaultCode.QuotaExceeded);
        Assert.Equal(30, fault.RetryAfterSeconds);

        // One that the host refused was not let in; one that merely ended was.
        ledger.Undo(team, second);
        Expect(ledger.Take(team, second, limits));
        ledger.GiveBack(team, second);
        ExpectFault(ledger.Take(team, second, limits), FaultCode.QuotaExceeded);
        clock.Advance(TimeSpan.FromSeconds(30));
        Expect(ledger.Take(team, second, limits));
        clock.Advance(TimeSpan.FromHours(1));
        for (var round = 0; round < 2; round++) Expect(ledger.Take(team, SandboxId.New(), limits));
        ExpectFault(ledger.Take(team, SandboxId.New(), limits), FaultCode.QuotaExceeded);
    }

    private static async Task<TeamUse> UseAsync(TestCore core) => Expect(await core.Teams.FindAsync("acme", Cancellation)).Use;
}
