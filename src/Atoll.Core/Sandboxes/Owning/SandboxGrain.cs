using Atoll.Core.Checkpoints;
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

    public Task<Result<Sandbox>> UpdateAsync(SandboxChange change) => ChangeAsync(sandbox => steps.Changer.UpdateAsync(sandbox, change));

    public Task<Result<Sandbox>> ExtendAsync(long seconds) => ChangeAsync(sandbox => steps.Changer.ExtendAsync(sandbox, seconds));

    public Task<Result<Sandbox>> ExposeAsync(int port, ExposedPort how) => ChangeAsync(sandbox => steps.Ports.ExposeAsync(sandbox, port, how));

    public Task<Result<Sandbox>> CloseAsync(int port, bool expired) => ChangeAsync(sandbox => steps.Ports.CloseAsync(sandbox, port, expired));

    public async Task<Result<Checkpoint>> CheckpointAsync(CheckpointDraft draft)
    {
        Checkpoint? made = null;
        var changed = await ChangeAsync(async sandbox =>
        {
            var checkpoint = await steps.Checkpoints.MakeAsync(sandbox, draft);
            if (!checkpoint.TryGet(out made, out var refused)) return refused;
            return sandbox;
        });
        return changed.Fault is { } fault ? fault : made!;
    }

    public Task<Result<Sandbox>> RestoreAsync(Checkpoint checkpoint)
    {
        if (directory.Find(Id) is { Restoring: true }) return Task.FromResult<Result<Sandbox>>(SandboxFaults.Restoring(Id));
        return ChangeAsync(sandbox => directory.Find(Id) is { Restoring: false } entry
            ? steps.Restorer.RestoreAsync(entry, checkpoint)
            : Task.FromResult<Result<Sandbox>>(SandboxFaults.Restoring(Id)));
    }

    public async Task<Result<Done>> EndAsync(Ending ending)
    {
        if (directory.Find(Id) is { Sandbox.State: SandboxState.Creating })
        {
            _wanted ??= ending;
            await _stop.CancelAsync();
        }

        return await InTurnAsync(async () =>
        {
            await SettleAsync();
            return directory.Find(Id) is { } entry ? (await steps.Ender.EndAsync(entry, ending)).Map(_ => Done.Value) : Done.Value;
        });
    }

    public Task PokeAsync() => InTurnAsync<Done>(async () =>
    {
        if (directory.Find(Id) is not { } entry) return Done.Value;
        if (_begun is not null) return Done.Value;
        if ((entry.Ending ?? await judge.JudgeAsync(entry)) is { } due) await steps.Ender.EndAsync(entry, due);
        else commits.Reschedule(Id);
        return Done.Value;
    });

    /// <summary>By the silo, when no call is under way.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task<Result<Sandbox>> ChangeAsync(Func<Sandbox, Task<Result<Sandbox>>> change)
    {
        // Said at once, and not after the start whose turn it is.
        if (directory.Find(Id) is { Sandbox.State: SandboxState.Creating }) return SandboxFaults.Creating(Id);
        return await InTurnAsync(async () =>
        {
            if (directory.Find(Id) is not { } entry) return await EndedAsync();
            if (entry.Ending is { } ending) return SandboxFaults.Ended(Id, ending.Reason, ending.Detail);
            if (entry.Sandbox.State is not SandboxState.Running) return SandboxFaults.Creating(Id);
            entry.Activity.Touch();
            return await change(entry.Sandbox);
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
