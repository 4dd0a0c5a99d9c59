using Atoll.Core.Checkpoints;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Timing;
using Atoll.Core.Store;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// Puts the changes of one sandbox in order, and hands each to the collaborator that knows how. It keeps no state of its own that matters: the living sandbox stands in
/// the directory, so an activation that goes away loses nothing.
/// <para>Calls may interleave, so that an end can reach a start that is under way and cancel it; the turn (one holder, in order of arrival) is what makes changes
/// exclusive.</para>
/// </summary>
[Reentrant]
[PreferLocalPlacement]
internal sealed class SandboxGrain(
    SandboxDirectory directory, SandboxStore store, SandboxCommits commits, SandboxSteps steps, LifecycleJudge judge)
    : Grain, ISandboxGrain, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private Ending? _wanted;
    private Task<Result<Sandbox>>? _begun;

    private SandboxId Id => SandboxId.Parse(this.GetPrimaryKeyString());

    public Task<Result<Reservation>> ReserveAsync(Sandbox creating, IdempotencyClaim? claim, bool begin) => InTurnAsync(async () =>
    {
        // On the pool's threads: this one's are the save's.
        if (begin) _begun = Task.Run(() => steps.Starter.MakeRunningAsync(creating, _stop.Token));
        var kept = false;
        try
        {
            var added = await commits.AddAsync(creating, claim);
            kept = added.TryGet(out var reservation, out _) && reservation.Created is not null;
            return added;
        }
        finally
        {
            if (!kept && begin)
            {
                await SettleAsync();
                await steps.Ender.DiscardAsync(Id);
            }
        }
    });

    public Task<Result<Reservation>> StartReadyAsync(Sandbox creating, IdempotencyClaim? claim) => InTurnAsync(async () =>
    {
        var running = await steps.Starter.MakeRunningAsync(creating, _stop.Token);
        if (!running.TryGet(out var sandbox, out var failed)) return await NoteFailureAsync(creating, claim, failed);
        var added = await commits.AddAsync(sandbox, claim);
        if (added.Fault is not null || added.Value.Created is null)
        {
            await steps.Ender.DiscardAsync(Id);
            return added;
        }

        // Its process may have ended in between, when there was nobody yet to be told.
        if (directory.Find(Id) is { } entry && !steps.Starter.IsLive(Id)) await steps.Ender.EndAsync(entry, new(SandboxState.Failed, EndReason.AgentDied, null));
        return added;
    });

    public Task<Result<Sandbox>> StartAsync() => InTurnAsync(async () =>
    {
        if (directory.Find(Id) is not { } entry) return await EndedAsync();
        var sandbox = entry.Sandbox;
        if (entry.Ending is { } ending) return SandboxFaults.Ended(Id, ending.Reason, ending.Detail);
        if (sandbox.State is not SandboxState.Creating) return sandbox;

        var begun = _begun;
        var started = await steps.Starter.StartAsync(sandbox, begun, _stop.Token);
        _begun = null;
        if (started.Fault is not { } fault)
        {
            // As above: it may have ended before it was saved.
            if (begun is not null && !steps.Starter.IsLive(Id)) await steps.Ender.EndAsync(entry, new(SandboxState.Failed, EndReason.AgentDied, null));

            // Idleness counts from here, as its other times do, and not from when it was asked for.
            entry.Activity.Touch();
            return started;
        }

        // Whoever asked for an end waits for the turn; but its call may be lost with the server, so the end is made here, for its reason.
        var reason = _wanted ?? new(SandboxState.Failed, EndReason.StartFailed, fault.Detail);
        await steps.Ender.EndAsync(entry, reason);
        return _wanted is null ? fault : SandboxFaults.Ended(Id, reason.Reason, "It was ended while it was being created.");
    });

    public Task<Result<Sandbox>> UpdateAsync(SandboxChange change) => ChangeAsync(entry =>
    {
        // What its policy could not do before is tried anew.
        entry.Backoff = null;
        return steps.Changer.UpdateAsync(entry.Sandbox, change);
    });

    public Task<Result<Sandbox>> ExtendAsync(long seconds) => ChangeAsync(entry => steps.Changer.ExtendAsync(entry.Sandbox, seconds));

    public Task<Result<Sandbox>> LeaseAsync(LeaseChange change) => ChangeAsync(entry => steps.Changer.LeaseAsync(entry.Sandbox, change));

    public Task<Result<Sandbox>> SleepAsync(LifecycleAction how) => ChangeAsync(entry => steps.Sleeper.SleepAsync(entry, how));

    public Task<Result<Sandbox>> ArchiveAsync() => ChangeAsync(steps.Sleeper.ArchiveAsync);

    public Task<Result<Sandbox>> WakeAsync() => ChangeAsync(steps.Sleeper.WakeAsync);

    public Task<Result<Done>> SettleAsync(string operation, string data) => InTurnAsync(async () =>
        directory.Find(Id) is not { Ending: null } entry ? Done.Value
        : (await commits.ClearDoubtAsync(entry)).Fault is { } unread ? unread
        : operation == steps.Faulter.Operation ? await steps.Faulter.SettleAsync(entry, new(operation, Id.Value, data, default))
        : await steps.Sleeper.SettleAsync(entry, operation, data));

    public Task<Result<Sandbox>> ExposeAsync(int port, ExposedPort how) => ChangeAsync(entry => steps.Ports.ExposeAsync(entry.Sandbox, port, how));

    public Task<Result<Sandbox>> CloseAsync(int port, bool expired) => ChangeAsync(entry => steps.Ports.CloseAsync(entry.Sandbox, port, expired));

    public async Task<Result<Checkpoint>> CheckpointAsync(CheckpointDraft draft)
    {
        Checkpoint? made = null;
        var changed = await ChangeAsync(async entry =>
        {
            if (entry.Sandbox.State is SandboxState.Archived) return SandboxFaults.Asleep(entry.Sandbox);
            var checkpoint = await steps.Checkpoints.MakeAsync(entry.Sandbox, draft);
            if (!checkpoint.TryGet(out made, out var refused)) return refused;
            return entry.Sandbox;
        });
        return changed.Fault is { } fault ? fault : made!;
    }

    public Task<Result<Sandbox>> RestoreAsync(Checkpoint checkpoint)
    {
        if (directory.Find(Id) is { Restoring: true }) return Task.FromResult<Result<Sandbox>>(SandboxFaults.Restoring(Id));
        return ChangeAsync(async entry =>
            entry.Restoring ? SandboxFaults.Restoring(Id)
            : entry.Sandbox.State.IsAsleep() ? SandboxFaults.Asleep(entry.Sandbox)
            : await steps.Restorer.RestoreAsync(entry, checkpoint));
    }

    public async Task<Result<Done>> EndAsync(Ending ending)
    {
        if (directory.Find(Id) is { Sandbox.State: SandboxState.Creating })
        {
            _wanted ??= ending;
            await _stop.CancelAsync();
        }

        // Nobody waits for a disk that is on its way and will not be wanted.
        if (directory.Find(Id)?.Transfer is { } transfer) await transfer.StopAsync();
        return await InTurnAsync(async () =>
        {
            await SettleAsync();
            if (directory.Find(Id) is { } living) await commits.ClearDoubtAsync(living);
            return directory.Find(Id) is { } entry ? (await steps.Ender.EndAsync(entry, ending)).Map(_ => Done.Value) : Done.Value;
        });
    }

    public async Task<Result<Done>> FaultAsync(SandboxFault fault)
    {
        if (directory.Find(Id) is { Sandbox.State: SandboxState.Creating }) return await EndAsync(new(SandboxState.Failed, fault.Reason, fault.Detail));

        // It may have been ended on purpose before the news came.
        return await InTurnAsync<Done>(async () =>
        {
            if (directory.Find(Id) is not { Ending: null } entry) return Done.Value;
            entry.Fault = fault;
            return (await commits.ClearDoubtAsync(entry)).Fault is { } unread ? unread : (await steps.Faulter.StopAsync(entry, fault)).Map(_ => Done.Value);
        });
    }

    public Task NoteKillAsync(string detail) => InTurnAsync<Done>(async () =>
    {
        if (directory.Find(Id) is { Ending: null, Sandbox: { State: SandboxState.Running } sandbox }) await commits.SaveAsync(sandbox, sandbox, EventTypes.ProcessKilled, detail: detail);
        return Done.Value;
    });

    public Task PokeAsync() => InTurnAsync<Done>(async () =>
    {
        if (directory.Find(Id) is not { } entry) return Done.Value;
        if (_begun is not null) return Done.Value;
        if ((await commits.ClearDoubtAsync(entry)).Fault is { } unread) return unread;
        if (entry is { Ending: null, Fault: { } fault })
        {
            await steps.Faulter.StopAsync(entry, fault);
            return Done.Value;
        }

        var due = entry.Ending is null ? await judge.JudgeAsync(entry) : null;
        if (entry.Ending is { } decided) await steps.Ender.EndAsync(entry, decided);
        else if (due is null) commits.Reschedule(Id);
        else if (due.Action is LifecycleAction.Delete) await steps.Ender.EndAsync(entry, new(SandboxState.Deleted, due.Reason, due.Detail));
        else await steps.Sleeper.SleepAsync(entry, due);
        return Done.Value;
    });

    /// <summary>By the silo, when no call is under way.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task<Result<Sandbox>> ChangeAsync(Func<LiveEntry, Task<Result<Sandbox>>> change)
    {
        // Said at once, and not after the start whose turn it is.
        if (directory.Find(Id) is { Sandbox.State: SandboxState.Creating }) return SandboxFaults.Creating(Id);
        return await InTurnAsync(async () =>
        {
            if (directory.Find(Id) is not { } entry) return await EndedAsync();
            if (entry.Ending is { } ending) return SandboxFaults.Ended(Id, ending.Reason, ending.Detail);
            if (entry.Sandbox.State is SandboxState.Creating) return SandboxFaults.Creating(Id);
            if ((await commits.ClearDoubtAsync(entry)).Fault is { } unread) return unread;
            if (entry.Fault is { } fault && (await steps.Faulter.StopAsync(entry, fault)).Fault is { } stuck) return stuck;
            entry.Activity.Touch();
            return await change(entry);
        });
    }

    /// <summary>A start that was begun and is not wanted any more is over, one way or the other, before what it made is removed.</summary>
    private async Task SettleAsync()
    {
        if (_begun is not { } begun) return;
        await _stop.CancelAsync();
        await begun;
        _begun = null;
    }

    /// <summary>A create that failed leaves the same traces, ready or not.</summary>
    private async Task<Result<Reservation>> NoteFailureAsync(Sandbox creating, IdempotencyClaim? claim, Fault failed)
    {
        var added = await commits.AddAsync(creating, claim);
        if (added.Succeeded && directory.Find(Id) is { } entry) await steps.Ender.EndAsync(entry, new(SandboxState.Failed, EndReason.StartFailed, failed.Detail));
        return failed;
    }

    private async Task<Result<Sandbox>> EndedAsync()
    {
        var found = await store.FindAsync(Id, CancellationToken.None);
        if (!found.TryGet(out var sandbox, out var fault)) return fault;
        return sandbox is null ? SandboxFaults.NotFound(Id.Value) : SandboxFaults.Ended(Id, sandbox.Reason, sandbox.ReasonDetail);
    }

    private async Task<Result<T>> InTurnAsync<T>(Func<Task<Result<T>>> change)
    {
        await _turn.WaitAsync();
        try
        {
            return await change();
        }
        finally
        {
            _turn.Release();
        }
    }
}
