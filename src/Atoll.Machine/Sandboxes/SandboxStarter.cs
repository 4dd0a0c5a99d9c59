using System.Security.Cryptography;
using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Isolation;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Makes a sandbox live: storage clone and network slot (side by side), guest folder, process 1, hello. Each step's undo is pushed as soon as it has succeeded,
/// and everything bears the sandbox's id, so that neither a failure nor a crash of this server leaves anything for good.
/// </summary>
internal sealed class SandboxStarter(
    SandboxRuntimes runtimes,
    ISandboxStorage storage,
    ISandboxNetwork network,
    GuestFolders folders,
    SandboxRecords records,
    GuestLinks links)
{
    private const int TokenBytes = 32;

    public async Task<Result<LiveHandle>> StartAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation)
    {
        if (!runtimes.Find(spec.Isolation).TryGet(out var runtime, out var fault)) return fault;

        await using var cleanup = new AsyncCleanup();
        // Side by side, and the folder meanwhile. Both are waited for before either is looked at: a clone that fails must not leave a claim behind.
        var cloning = AtollTrace.MeasureAsync("start.clone", () => storage.CloneAsync(spec.Template, id, (long)spec.Limits.DiskMiB << 20, cancellation));
        var claiming = AtollTrace.MeasureAsync("start.network", () => network.ClaimAsync(id, spec.Egress, cancellation));
        var token = RandomNumberGenerator.GetBytes(TokenBytes);
        var making = MakeFolder(id, token);
        await Task.WhenAll(cloning, claiming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cleanup.Push(() => folders.Delete(id));
        cleanup.Push(async () => await storage.DeleteAsync(id, CancellationToken.None));
        if (claiming.IsCompletedSuccessfully && (await claiming).TryGet(out var claimed, out _)) cleanup.Push(() => network.ReleaseAsync(claimed));
        if (!(await cloning).TryGet(out var root, out fault) || !(await claiming).TryGet(out var slot, out fault) || !making.TryGet(out var folder, out fault)) return fault;

        var plan = new LaunchPlan(id, root, slot.NamespacePath, id.Value, spec.Limits, GuestBoot.InitArgv, GuestBoot.InitEnv, folder, slot.Gateway.ToString()) { Port = GuestBoot.Port };
        cleanup.Push(async () => await runtime.RemoveAsync(id, CancellationToken.None));
        var started = await AtollTrace.MeasureAsync("start.isolation", () => runtime.StartAsync(plan, cancellation));
        if (!started.TryGet(out var init, out fault)) return fault;

        var connected = await AtollTrace.MeasureAsync("start.hello", () => links.ConnectAsync(id, init, slot, token, cancellation));
        if (!connected.TryGet(out var guest, out fault)) return fault;

        folders.EmptyBoot(id);
        cleanup.Push(() => records.Delete(id));
        records.Save(new SandboxRecord(id, spec.Isolation, slot.Number, token, init));
        cleanup.Release();
        return new LiveHandle(id, runtime, init, slot, guest);
    }

    private Result<string> MakeFolder(SandboxId id, byte[] token)
    {
        try
        {
            return folders.Create(id, GuestBoot.For(token));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Agent, $"The agent could not be put into the sandbox: {failure.Message}",
                "Run `atoll doctor`; the run-time directory may be full or the agent's binary missing.");
        }
    }
}
