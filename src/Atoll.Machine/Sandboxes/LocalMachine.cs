using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Templates;
using Atoll.Machine.Hosting;
using Atoll.Machine.Live;
using Atoll.Machine.Warm;

namespace Atoll.Machine.Sandboxes;

/// <summary>This Linux host as Core's <see cref="IMachine"/>. Puts the rooms of Machine together; each step is a collaborator's.</summary>
internal sealed class LocalMachine(
    MachineOpening opening,
    SandboxLauncher launcher,
    SandboxRemover remover,
    SandboxMeter meter,
    SandboxExits exits,
    MemoryKeeper memory,
    LiveHandles live,
    WarmPool pool) : IMachine
{
    public MachineDescription Description => opening.Description;

    public IReadOnlyList<Template> Templates => opening.Templates;

    public IGuest? FindGuest(SandboxId id) => live.TryGet(id, out var handle) ? handle.Guest : null;

    public IReadOnlyList<WarmPoolStatus> WarmPool => pool.Status;

    /// <summary>What begins with a checkpoint's disk can be no warm one: those have their template's. Nor what has volumes: nothing can be mounted in a sandbox that runs.</summary>
    public ReservedId Reserve(SandboxSpec spec) => spec is { Disk: null, Volumes: null } ? pool.Reserve(spec) : new(SandboxId.New(), Ready: false);

    public void Unreserve(SandboxId id) => pool.Unreserve(id);

    public async Task<Result<StartedSandbox>> StartAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        try
        {
            var launched = await launcher.LaunchAsync(id, spec, cancellation);
            if (!launched.TryGet(out var sandbox, out var fault)) return fault;

            live.Add(sandbox.Handle);
            exits.Watch(sandbox.Handle);
            return new StartedSandbox(id, sandbox.Handle.Slot.Address, sandbox.Warm);
        }
        catch (Exception failure) when (HostShortage.Explain(failure) is { } shortage)
        {
            // Any step may be the one that finds no descriptor left.
            return shortage;
        }
    }

    public Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation)
    {
        exits.Forget(id);
        return remover.RemoveAsync(id, cancellation);
    }

    public async Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation)
    {
        var applied = await meter.ApplyLimitsAsync(id, limits, cancellation);
        if (applied.Succeeded && live.TryGet(id, out var handle)) memory.Watch(handle);
        return applied;
    }

    public Task<Result<SandboxUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation) => meter.MeasureAsync(id, cancellation);

    public Task<bool> IsAtWorkAsync(SandboxId id) => meter.IsAtWorkAsync(id);

    public IAsyncEnumerable<SandboxExit> Exits(CancellationToken cancellation) => exits.ReadAsync(cancellation);

    public IAsyncEnumerable<ProcessKill> Kills(CancellationToken cancellation) => memory.ReadAsync(cancellation);

    public Task<RecoveredSandboxes> RecoverAsync(KnownSandboxes known, CancellationToken cancellation) => opening.OpenAsync(known, cancellation);
}
