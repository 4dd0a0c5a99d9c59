using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Requests;
using Atoll.Core.Store;
using Atoll.Core.Teams;
using Atoll.Core.Tracing;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Service;

/// <summary>
/// A create from request to running sandbox: idempotency, checks, admission, grain.
/// <para>A caller that goes away before the sandbox is put down leaves nothing. One that goes away later leaves it being created: it goes on, is listed, and runs until
/// it is deleted or its time is up; with an idempotency key the caller finds it again by asking again.</para>
/// </summary>
internal sealed partial class SandboxCreator(
    RequestResolver resolver, Admissions admissions, SandboxStore store, CheckpointStore checkpoints, IMachine machine, IGrainFactory grains, CreatorClock clock, CoreReadiness readiness, ILogger<SandboxCreator> log)
{
    public async Task<Result<Sandbox>> CreateAsync(TeamId team, SandboxRequest request, string? idempotencyKey, bool wait, CancellationToken cancellation)
    {
        if (readiness.IsStopping) return CoreReadiness.ShuttingDown;
        IdempotencyClaim? claim = null;
        if (idempotencyKey is not null)
        {
            if (!IdempotencyRules.Claim(idempotencyKey, request).TryGet(out claim, out var malformed)) return malformed;
            var earlier = await store.FindClaimAsync(team, claim.Key, clock.ClaimsSince, cancellation);
            if (!earlier.TryGet(out var existing, out var unreadable)) return unreadable;
            if (existing is not null) return await ReplayAsync(existing, claim, wait, cancellation);
        }

        if (!(await FindOriginAsync(team, request, cancellation)).TryGet(out var origin, out var missing)) return missing;
        if (!resolver.Resolve(request, origin?.Disk, origin is { Kind: CheckpointKind.Full } && !request.DiskOnly ? origin.Id : null, origin?.Spec, team: team).TryGet(out var spec, out var mistakes)) return mistakes;
        cancellation.ThrowIfCancellationRequested();
        var (id, ready) = machine.Reserve(spec);
        if (admissions.Take(team, id, spec).Fault is { } full)
        {
            machine.Unreserve(id);
            return full;
        }

        Sandbox creating = new()
        {
            Id = id,
            Team = team,
            Spec = spec,
            State = SandboxState.Creating,
            Node = machine.Description.Node,
            CreatedAt = clock.Now,
            Checkpoint = origin?.Id,
        };
        var atOnce = ready && wait;
        var reserved = await ReserveAsync(creating, grain => atOnce ? grain.StartReadyAsync(creating, claim) : grain.ReserveAsync(creating, claim, begin: wait && claim is null && request.Name is null));
        if (!reserved.TryGet(out var reservation, out var refused)) return refused;
        if (reservation.Existing is { } first) return await ReplayAsync(first, claim!, wait, cancellation);
        return atOnce ? reservation.Created! : await StartAsync(reservation.Created!, wait, cancellation);
    }

    /// <summary>The checkpoint that a request begins with; null when it names none.</summary>
    private async Task<Result<Checkpoint?>> FindOriginAsync(TeamId team, SandboxRequest request, CancellationToken cancellation)
    {
        if (request.Checkpoint is not { } named) return (Checkpoint?)null;
        if (!CheckpointId.TryParse(named, out var id)) return CheckpointFaults.NotFound(named);
        var found = await checkpoints.FindAsync(id, cancellation);
        return found.TryGet(out var checkpoint, out _) && checkpoint?.Team != team ? CheckpointFaults.NotFound(named) : found;
    }

    private async Task<Result<Reservation>> ReserveAsync(Sandbox creating, Func<ISandboxGrain, Task<Result<Reservation>>> reserve)
    {
        using var span = AtollTrace.Start("create.reserve");
        var (admitted, kept) = (readiness.TryReserve(), false);
        try
        {
            if (!admitted) return CoreReadiness.ShuttingDown;
            var reserved = await reserve(Grain(creating.Id));
            kept = reserved.TryGet(out var reservation, out _) && reservation.Created is not null;
            return reserved;
        }
        finally
        {
            if (admitted) readiness.Reserved();
            if (!kept)
            {
                machine.Unreserve(creating.Id);
                admissions.GiveBack(creating.Team, creating.Id);
            }
        }
    }

    private async Task<Result<Sandbox>> StartAsync(Sandbox creating, bool wait, CancellationToken cancellation)
    {
        // Not bound to the caller: it goes on without one.
        var start = Task.Run(() => WatchAsync(creating.Id), CancellationToken.None);
        return wait ? await start.WaitAsync(cancellation) : creating;
    }

    private async Task<Result<Sandbox>> WatchAsync(SandboxId id)
    {
        using var span = AtollTrace.Start("create.start");
        try
        {
            var started = await Grain(id).StartAsync();
            if (started.Fault is { } fault) LogNotStarted(log, id, fault.ToString());
            return started;
        }
        catch (Exception failure)
        {
            LogFailed(log, id, failure);
            return new Fault(FaultCode.ShuttingDown, FaultSide.Server, FaultStage.State, $"The server was stopped or failed while creating sandbox {id}.", "Look at its state, then try again.");
        }
    }

    /// <summary>The sandbox that this key made: waited for if it is still being created.</summary>
    private async Task<Result<Sandbox>> ReplayAsync(ExistingClaim existing, IdempotencyClaim claim, bool wait, CancellationToken cancellation)
    {
        if (existing.RequestHash != claim.RequestHash) return SandboxFaults.IdempotencyConflict(claim.Key);
        if (wait)
        {
            var started = await Grain(existing.Sandbox).StartAsync().WaitAsync(cancellation);
            if (started.Fault is not { Code: FaultCode.SandboxEnded }) return started;
        }

        // It ran and has ended since: the answer is still that sandbox, as it is now. One that never ran is a failure to this caller too.
        var found = await store.FindAsync(existing.Sandbox, cancellation);
        if (!found.TryGet(out var sandbox, out var fault)) return fault;
        if (sandbox is null) return SandboxFaults.NotFound(existing.Sandbox.Value);
        return sandbox is { EndedAt: not null, StartedAt: null } ? SandboxFaults.Ended(sandbox.Id, sandbox.Reason, sandbox.ReasonDetail) : sandbox;
    }

    private ISandboxGrain Grain(SandboxId id) => grains.GetGrain<ISandboxGrain>(id.Value);

    [LoggerMessage(1260, LogLevel.Warning, "Sandbox {Sandbox} was not started: {Fault}")]
    private static partial void LogNotStarted(ILogger log, SandboxId sandbox, string fault);

    [LoggerMessage(1261, LogLevel.Error, "The grain of sandbox {Sandbox} failed while starting it.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}
