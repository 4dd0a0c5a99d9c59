using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Requests;
using Atoll.Core.Sandboxes.Usage;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Service;

/// <summary>The front door: finds whose sandbox is meant, checks what was sent, and hands on to the grain. Reads of the living are answered from memory.</summary>
internal sealed class SandboxService(
    CountedCreator creator, RequestResolver resolver, SandboxDirectory directory, SandboxReader reader, UsageSampler sampler, WakeAlarm alarm, IGrainFactory grains)
    : ISandboxes
{
    public Task<Result<Sandbox>> CreateAsync(TeamId team, SandboxRequest request, string? idempotencyKey, bool wait, CancellationToken cancellation) =>
        creator.CreateAsync(team, request, idempotencyKey, wait, cancellation);

    public Task<Result<Sandbox>> GetAsync(TeamId team, string idOrName, CancellationToken cancellation) => reader.GetAsync(team, idOrName, cancellation);

    public Task<Result<Page<Sandbox>>> ListAsync(TeamId team, SandboxQuery query, CancellationToken cancellation) => reader.ListAsync(team, query, cancellation);

    public async Task<Result<Sandbox>> UpdateAsync(TeamId team, string idOrName, SandboxUpdate update, CancellationToken cancellation)
    {
        if (!(await FindLivingAsync(team, idOrName, cancellation)).TryGet(out var sandbox, out var fault)) return fault;
        if (!resolver.Resolve(update, sandbox.Spec).TryGet(out var change, out var mistakes)) return mistakes;
        return await Grain(sandbox.Id).UpdateAsync(change).WaitAsync(cancellation);
    }

    public async Task<Result<Sandbox>> ExtendAsync(TeamId team, string idOrName, double seconds, CancellationToken cancellation)
    {
        if (!(await FindLivingAsync(team, idOrName, cancellation)).TryGet(out var sandbox, out var fault)) return fault;
        FieldErrors errors = new();
        var extension = LifecycleRules.Extension(errors, seconds);
        return errors.ToFault() is { } mistake ? mistake : await Grain(sandbox.Id).ExtendAsync(extension).WaitAsync(cancellation);
    }

    public async Task<Result<Done>> DeleteAsync(TeamId team, string idOrName, CancellationToken cancellation)
    {
        var found = await GetAsync(team, idOrName, cancellation);
        if (!found.TryGet(out var sandbox, out var fault)) return fault;
        if (sandbox.EndedAt is not null) return Done.Value;
        return await Grain(sandbox.Id).EndAsync(new(SandboxState.Deleted, EndReason.KilledByUser, null)).WaitAsync(cancellation);
    }

    public Result<LiveSandbox> Use(TeamId team, string idOrName) => directory.Use(team, idOrName);

    public async ValueTask<Result<LiveSandbox>> UseAsync(TeamId team, string idOrName, CancellationToken cancellation)
    {
        var used = directory.Use(team, idOrName);
        if (used.Fault is not { Code: FaultCode.SandboxNotFound }) return used;
        var living = await FindLivingAsync(team, idOrName, cancellation);
        return living.Fault is { } ended ? ended : directory.Use(team, idOrName);
    }

    public async Task<Result<IReadOnlyList<SandboxUsage>>> UsageAsync(
        TeamId team, string idOrName, DateTimeOffset? start, DateTimeOffset? end, CancellationToken cancellation)
    {
        var found = await FindLivingAsync(team, idOrName, cancellation);
        if (!found.TryGet(out var sandbox, out var fault)) return fault;
        if (directory.Find(sandbox.Id) is not { } entry) return SandboxFaults.Ended(sandbox.Id, null, null);

        // Younger than the sampling interval: better one sample now than none.
        if (entry is { Usage.IsEmpty: true, Sandbox.State: SandboxState.Running }) await sampler.SampleAsync(entry, cancellation);
        return found.Map(_ => entry.Usage.Between(start, end));
    }

    public async ValueTask<Result<LiveSandbox>> UseAsync(TeamId team, string idOrName, WakeCauses cause, CancellationToken cancellation)
    {
        var used = await UseAsync(team, idOrName, cancellation);
        return used.Fault is { } fault && directory.Find(team, idOrName) is { } entry ? await alarm.UseAsync(entry, cause, fault, cancellation) : used;
    }

    public async Task<Result<Sandbox>> SleepAsync(TeamId team, string idOrName, LifecycleAction how, CancellationToken cancellation) =>
        (await FindLivingAsync(team, idOrName, cancellation)).TryGet(out var sandbox, out var fault) ? await Grain(sandbox.Id).SleepAsync(how).WaitAsync(cancellation) : fault;

    public async Task<Result<Sandbox>> ArchiveAsync(TeamId team, string idOrName, CancellationToken cancellation) =>
        (await FindLivingAsync(team, idOrName, cancellation)).TryGet(out var sandbox, out var fault) ? await MovingAsync(sandbox.Id, Grain(sandbox.Id).ArchiveAsync(), cancellation) : fault;

    public TransferProgress? TransferOf(TeamId team, string idOrName) => directory.Find(team, idOrName)?.Transfer?.Progress;

    public async Task<Result<Sandbox>> WakeAsync(TeamId team, string idOrName, CancellationToken cancellation) =>
        (await FindLivingAsync(team, idOrName, cancellation)).TryGet(out var sandbox, out var fault) ? await MovingAsync(sandbox.Id, Grain(sandbox.Id).WakeAsync(), cancellation) : fault;

    /// <summary>A disk on its way to or from the object store may take longer than a call to a grain does.</summary>
    private static async Task<Result<Sandbox>> MovingAsync(SandboxId id, Task<Result<Sandbox>> moving, CancellationToken cancellation)
    {
        try
        {
            return await moving.WaitAsync(cancellation);
        }
        catch (TimeoutException)
        {
            return SandboxFaults.StillMoving(id);
        }
    }

    private Task<Result<Sandbox>> FindLivingAsync(TeamId team, string idOrName, CancellationToken cancellation) => reader.FindLivingAsync(team, idOrName, cancellation);

    private ISandboxGrain Grain(SandboxId id) => grains.GetGrain<ISandboxGrain>(id.Value);
}
