using System.Collections.Immutable;
using System.Security.Cryptography;
using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Idling;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;
using Atoll.Machine.Storage.Memory;

namespace Atoll.Machine.Sandboxes;

/// <summary>From a root filesystem and a network slot to a sandbox that answers: guest folder, process 1 (or the memory it goes on from), hello, record. On a fault nothing of these is left; disk and slot are the caller's.</summary>
internal sealed class SandboxBooter(SandboxRuntimes runtimes, ISandboxStorage storage, GuestFolders folders, GuestTrust trust, SandboxRecords records, GuestLinks links, IdleSentries idle)
{
    private const int TokenBytes = 32;

    /// <summary>The folder through which process 1 gets its program and its token.</summary>
    public Result<GuestSeat> Seat(SandboxId id, SandboxLimits limits)
    {
        var token = RandomNumberGenerator.GetBytes(TokenBytes);
        try
        {
            return new GuestSeat(folders.Create(id, GuestBoot.For(token, limits.Processes)), token);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Agent, $"The agent could not be put into the sandbox: {failure.Message}",
                "Run `atoll doctor`; the run-time directory may be full or the agent's binary missing.");
        }
    }

    /// <summary>The same for one that goes on from an image: with the agent's program that is in it, and the token that it is to have from then on.</summary>
    public Result<GuestSeat> Seat(SandboxId id, MemoryImage image)
    {
        try
        {
            return new GuestSeat(folders.Create(id, image.Agent, image.Manifest.Agent), RandomNumberGenerator.GetBytes(TokenBytes), image);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Agent, $"The agent's program could not be put beside its memory: {failure.Message}", "The run-time directory may be full.");
        }
    }

    public void Unseat(SandboxId id) => folders.Delete(id);

    public async Task<Result<LiveHandle>> BootAsync(SandboxId id, SandboxSpec spec, NetworkSlot slot, string root, GuestSeat seat, CancellationToken cancellation)
    {
        if (!runtimes.Find(spec.Isolation).TryGet(out var runtime, out var fault)) return fault;
        if (!Volumes(spec).TryGet(out var volumes, out fault)) return fault;

        // A sandbox that is restored has had others under its id.
        idle.Forget(id);
        await using var cleanup = new AsyncCleanup();
        cleanup.Push(() => folders.Delete(id));
        var plan = new LaunchPlan(id, root, slot.NamespacePath, id.Value, spec.Limits, GuestBoot.InitArgv, GuestBoot.InitEnv, seat.Folder, slot.Gateway.ToString())
        {
            Port = GuestBoot.Port,
            Memory = seat.Image?.Runtime,
            Volumes = volumes,
            PreparesKernel = spec.Isolation is IsolationKind.GVisor,
        };

        // Beside the start, as it writes the store of a new disk (2 ms), which only the first command can miss. What goes on from memory may have it open. Ended before anything is removed.
        var trusting = GiveTrustAsync(id, seat, root);
        cleanup.Push(async () => await runtime.RemoveAsync(id, CancellationToken.None));
        cleanup.Push(async () => await ((Task)trusting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        if (seat.Image is not null && (await trusting).Fault is { } missing) return missing;
        var started = await AtollTrace.MeasureAsync("start.isolation", () => runtime.StartAsync(plan, cancellation));
        if (!started.TryGet(out var init, out fault)) return fault;

        var connected = await AtollTrace.MeasureAsync("start.hello", () => seat.Image is { } image
            ? links.RenewAsync(id, init, slot, image.Manifest.Token, seat.Token, spec.Limits, cancellation)
            : links.ConnectAsync(id, init, slot, seat.Token, cancellation));
        if (!connected.TryGet(out var guest, out fault)) return fault;
        if ((await trusting).Fault is { } untrusted) return untrusted;

        if (seat.Image is null) folders.EmptyBoot(id);
        cleanup.Push(() => records.Delete(id));
        records.Save(new SandboxRecord(id, spec.Isolation, slot.Number, seat.Token, init));
        cleanup.Release();
        return new LiveHandle(id, runtime, init, slot, guest);
    }

    private Task<Result<Done>> GiveTrustAsync(SandboxId id, GuestSeat seat, string root) => Task.Run<Result<Done>>(() =>
    {
        try
        {
            trust.Give(id, seat.Folder, root, seat.Image is not null);
            return Done.Value;
        }
        catch (IOException failure)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Agent, $"The host's certificates could not be given to the sandbox: {failure.Message}", "The run-time directory may be full.");
        }
    });

    private Result<ImmutableArray<MountedFolder>> Volumes(SandboxSpec spec)
    {
        var folders = ImmutableArray.CreateBuilder<MountedFolder>();
        foreach (var mount in spec.Volumes ?? [])
        {
            if (storage.Volumes.Find(mount.Volume) is not { } source) return StorageFaults.NoVolume(mount.Volume.Value);
            folders.Add(new(source, mount.Path, mount.ReadOnly));
        }

        return folders.ToImmutable();
    }
}
