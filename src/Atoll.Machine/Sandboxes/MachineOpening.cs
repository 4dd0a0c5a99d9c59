using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Templates;
using Atoll.Machine.Hosting;
using Atoll.Machine.Images;
using Atoll.Machine.Storage;
using Atoll.Machine.Warm;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>What happens once, before the first sandbox: the pool is opened, the runtimes are tried, templates are read, and what lived before is recovered.</summary>
internal sealed class MachineOpening(
    ISandboxStorage storage,
    SandboxRuntimes runtimes,
    TemplateCatalog catalog,
    SandboxRecovery recovery,
    WarmShelves shelves,
    WarmRefiller refiller,
    IOptions<MachineOptions> options)
{
    private MachineDescription? _description;

    public MachineDescription Description => _description ?? throw new InvalidOperationException("The machine is not open yet: RecoverAsync comes first.");

    public IReadOnlyList<Template> Templates => catalog.Ready;

    /// <exception cref="MachineUnavailableException">The pool or the network cannot be had.</exception>
    public async Task<RecoveredSandboxes> OpenAsync(KnownSandboxes known, CancellationToken cancellation)
    {
        HostFolders.MakePrivate(options.Value.StateDirectory);
        HostFolders.MakePrivate(options.Value.RuntimeDirectory);
        var probing = runtimes.ProbeAsync(cancellation);
        var opened = await storage.OpenAsync(cancellation);
        await probing;
        if (opened.Fault is { } closed) throw new MachineUnavailableException(closed);

        await catalog.ReloadAsync(cancellation);
        _description = Describe();
        var recovered = await recovery.RecoverAsync(known, cancellation);
        if (!recovered.TryGet(out var found, out var fault)) throw new MachineUnavailableException(fault);
        shelves.AddFloors((template, isolation) => Templates.Any(ready => ready.Name == template) && runtimes.Find(isolation).Succeeded);
        refiller.Start(Description);
        return found;
    }

    private MachineDescription Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new MachineDescription(
            Environment.MachineName,
            [.. runtimes.Support.Select(one => storage.Kind == StorageOptions.Btrfs ? one : one with { MemoryMissing = one.MemoryMissing ?? $"the storage '{storage.Kind}' has no snapshots, which memory needs beside it." })],
            storage.Kind,
            Environment.ProcessorCount,
            memory,
            new SandboxLimits(Environment.ProcessorCount, (int)(memory >> 20), (int)Math.Min(storage.MeasurePool().TotalBytes >> 20, int.MaxValue), MostProcesses));
    }

    /// <summary>Half of the kernel's usual pid space, so that one sandbox can never take all of it.</summary>
    private const int MostProcesses = 16_384;
}
