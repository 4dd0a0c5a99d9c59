using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Templates;
using Atoll.Machine.Images;

namespace Atoll.Machine.Sandboxes;

/// <summary>This Linux host as Core's <see cref="IMachine"/>. Puts the rooms of Machine together; each step is a collaborator's.</summary>
internal sealed class LocalMachine(
    MachineOpening opening,
    SandboxStarter starter,
    SandboxRemover remover,
    SandboxMeter meter,
    SandboxExits exits,
    LiveHandles live,
    TemplateCatalog catalog) : IMachine
{
    public MachineDescription Description => opening.Description;

    public IReadOnlyList<Template> Templates => catalog.Ready;

    public IGuest? FindGuest(SandboxId id) => live.TryGet(id, out var handle) ? handle.Guest : null;

    public async Task<Result<StartedSandbox>> StartAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        var started = await starter.StartAsync(id, spec, cancellation);
        if (!started.TryGet(out var handle, out var fault)) return fault;

        live.Add(handle);
        exits.Watch(handle);
        return new StartedSandbox(id, handle.Slot.Address);
    }

    public Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation)
    {
        exits.Forget(id);
        return remover.RemoveAsync(id, cancellation);
    }

    public Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation) => meter.ApplyLimitsAsync(id, limits, cancellation);

    public Task<Result<SandboxUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation) => meter.MeasureAsync(id, cancellation);

    public IAsyncEnumerable<SandboxExit> Exits(CancellationToken cancellation) => exits.ReadAsync(cancellation);

    public Task<IReadOnlySet<SandboxId>> RecoverAsync(IReadOnlyDictionary<SandboxId, SandboxSpec> owned, CancellationToken cancellation) => opening.OpenAsync(owned, cancellation);
}
