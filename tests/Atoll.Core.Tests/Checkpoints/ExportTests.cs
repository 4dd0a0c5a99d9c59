using System.Text;
using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Checkpoints;

/// <summary>Exports after they were made: who sees them, and what goes with one.</summary>
public sealed class ExportTests
{
    private static readonly TimeSpan HalfAMinute = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_OfTheTeam_NewestFirstPageByPageAlsoWithoutTheirCheckpoints()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        List<Checkpoint> made = [];
        foreach (var name in (string[])["a", "b", "c"])
        {
            made.Add(Expect(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(Name: name), Cancellation)));
            await ExportAsync(core, made[^1]);
            core.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await ExportAsync(core, made[0]);
        Expect(await core.Checkpoints.DeleteAsync(Team, made[1].Id.Value, Cancellation));
        var first = Expect(await core.Exports.ListAsync(Team, 2, null, Cancellation));
        var second = Expect(await core.Exports.ListAsync(Team, 2, first.NextCursor, Cancellation));
        Assert.Equal(["c", "b", "a"], first.Items.Concat(second.Items).Select(export => export.Name));
        Assert.Null(second.NextCursor);
        Assert.Equal(made[1].Id, first.Items[1].Checkpoint);
        Assert.Empty(Expect(await core.Exports.ListAsync(OtherTeam, 10, null, Cancellation)).Items);
        ExpectFault(await core.Exports.ListAsync(Team, 0, "?", Cancellation), FaultCode.InvalidRequest);
    }

    [Fact]
    public async Task Delete_OneAfterTheOther_FreesWhatNoOtherStandsOn()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var (parent, child) = (await MakeAsync(core, sandbox), await MakeAsync(core, sandbox));
        var (first, second) = (await ExportAsync(core, parent), await ExportAsync(core, child));
        ExpectFault(await core.Exports.DeleteAsync(OtherTeam, first, Cancellation), FaultCode.ObjectNotFound);
        ExpectFault(await core.Exports.DeleteAsync(Team, "layers/x", Cancellation), FaultCode.InvalidRequest);
        Expect(await core.Exports.DeleteAsync(Team, first, Cancellation));
        ExpectFault(await core.Transfers.ImportAsync(Team, first, new(), new(), Cancellation), FaultCode.ObjectNotFound);
        ExpectFault(await core.Exports.DeleteAsync(Team, first, Cancellation), FaultCode.ObjectNotFound);
        Expect(await core.Transfers.ImportAsync(Team, second, new(), new(), Cancellation));
        Expect(await core.Exports.DeleteAsync(Team, second, Cancellation));
        Assert.Empty(core.Store.Objects);
        Assert.Empty(Expect(await core.Exports.ListAsync(Team, 10, null, Cancellation)).Items);

        // The checkpoint can be exported again, on other ground.
        Expect(await core.Transfers.ImportAsync(Team, await ExportAsync(core, child), new(), new(), Cancellation));
    }

    [Fact]
    public async Task Delete_WhatAnArchiveStandsOn_LeavesThatThere()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var export = await ExportAsync(core, await MakeAsync(core, sandbox));
        Expect(await core.Sandboxes.ArchiveAsync(Team, sandbox.Id.Value, Cancellation));
        Expect(await core.Exports.DeleteAsync(Team, export, Cancellation));
        Assert.DoesNotContain(core.Store.Objects.Keys, key => key.StartsWith("exports/", StringComparison.Ordinal));
        Assert.Contains(core.Store.Objects.Keys, key => key.StartsWith("layers/", StringComparison.Ordinal));
        Assert.Equal(SandboxState.Running, Expect(await core.Sandboxes.WakeAsync(Team, sandbox.Id.Value, Cancellation)).State);
    }

    [Fact]
    public async Task Delete_BesideWhatCannotBeRead_FreesNothing()
    {
        await using var core = await StartAsync();
        var export = await ExportAsync(core, await MakeAsync(core, await core.CreateAsync()));
        core.Store.Objects["exports/c0a1b2c3d4e5f6g7h8i9/other"] = Encoding.UTF8.GetBytes("{\"format\":\"atoll-checkpoint\",\"version\":2}");
        var layers = core.Store.Objects.Count - 1;
        Expect(await core.Exports.DeleteAsync(Team, export, Cancellation));
        Assert.Equal(layers, core.Store.Objects.Count);
        Assert.False(core.Store.Objects.ContainsKey(export));
    }

    [Fact]
    public async Task Delete_StoreGoneAtAnyStep_IsDoneOrSaidAndFreedLater()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var checkpoint = await MakeAsync(core, sandbox);
        var export = await ExportAsync(core, checkpoint);
        core.Store.CallsLeft = 0;
        ExpectFault(await core.Exports.DeleteAsync(Team, export, Cancellation), FaultCode.ObjectStoreUnavailable);
        core.Store.CallsLeft = int.MaxValue;
        Assert.Single(Expect(await core.Exports.ListAsync(Team, 10, null, Cancellation)).Items);
        foreach (var calls in (int[])[2, 3, 5, 7, 9])
        {
            core.Store.CallsLeft = calls;
            var deleted = await core.Exports.DeleteAsync(Team, export, Cancellation);
            Assert.Equal(calls == 2 ? FaultCode.ObjectStoreUnavailable : null, deleted.Fault?.Code);
            Assert.Empty(Expect(await core.Exports.ListAsync(Team, 10, null, Cancellation)).Items);
            core.Store.CallsLeft = int.MaxValue;
            await core.AdvanceUntilAsync("all is freed", HalfAMinute, () => core.Store.Objects.IsEmpty && !Notes(core));
            Assert.Equal(export, await ExportAsync(core, checkpoint));
            Expect(await core.Transfers.ImportAsync(Team, export, new(), new(), Cancellation));
        }
    }

    /// <summary>An export under way stands on what is deleted: it goes on and is whole, and what was exported again meanwhile is not deleted after all.</summary>
    [Fact]
    public async Task Delete_WhileAnotherExportStandsOnIt_LeavesItThatAndALaterOneAlone()
    {
        await using var core = await StartAsync();
        var sandbox = await core.CreateAsync();
        var (parent, child) = (await MakeAsync(core, sandbox), await MakeAsync(core, sandbox));
        var export = await ExportAsync(core, parent);
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously), goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Streams.OnSend = _ =>
        {
            reached.TrySetResult();
            return goOn.Task;
        };
        var exporting = core.Transfers.ExportAsync(Team, child.Id.Value, new(), Cancellation);
        await reached.Task.WaitAsync(Cancellation);
        Expect(await core.Exports.DeleteAsync(Team, export, Cancellation));
        Assert.True(Notes(core));
        core.Clock.Advance(TimeSpan.FromSeconds(1));
        goOn.SetResult();
        var second = Expect(await exporting).Key;
        Expect(await core.Transfers.ImportAsync(Team, second, new(), new(), Cancellation));
        Assert.Equal(export, await ExportAsync(core, parent));
        await core.AdvanceUntilAsync("nothing is left to do", HalfAMinute, () => !Notes(core));
        foreach (var key in (string[])[export, second]) Expect(await core.Transfers.ImportAsync(Team, key, new(), new(), Cancellation));
    }

    [Fact]
    public async Task RemoveTeam_WithAnExportLeft_IsRefusedAndSaysSo()
    {
        await using var core = await StartAsync();
        var team = Expect(await core.Teams.CreateAsync("acme", new(), Cancellation)).Id;
        var sandbox = await core.CreateAsync(team: team);
        var made = Expect(await core.Checkpoints.CreateAsync(team, sandbox.Id.Value, new(), Cancellation));
        var key = Expect(await core.Transfers.ExportAsync(team, made.Id.Value, new(), Cancellation)).Key;
        Assert.Contains("(living sandboxes: 1, checkpoints: 1)", ExpectFault(await core.Teams.RemoveAsync("acme", Cancellation), FaultCode.TeamNotEmpty).Detail, StringComparison.Ordinal);
        Expect(await core.Sandboxes.DeleteAsync(team, sandbox.Id.Value, Cancellation));
        Expect(await core.Checkpoints.DeleteAsync(team, made.Id.Value, Cancellation));

        Assert.Contains("(exports: 1)", ExpectFault(await core.Teams.RemoveAsync("acme", Cancellation), FaultCode.TeamNotEmpty).Detail, StringComparison.Ordinal);
        Expect(await core.Exports.DeleteAsync(team, key, Cancellation));
        Expect(await core.Teams.RemoveAsync("acme", Cancellation));
    }

    private static bool Notes(TestCore core) => core.Services.GetRequiredService<JournalStore>().LoadAsync(CancellationToken.None).GetAwaiter().GetResult().Value.Count > 0;

    private static async Task<string> ExportAsync(TestCore core, Checkpoint checkpoint) => Expect(await core.Transfers.ExportAsync(Team, checkpoint.Id.Value, new(), Cancellation)).Key;

    private static async Task<Checkpoint> MakeAsync(TestCore core, Sandbox sandbox) => Expect(await core.Checkpoints.CreateAsync(Team, sandbox.Id.Value, new(), Cancellation));
}
