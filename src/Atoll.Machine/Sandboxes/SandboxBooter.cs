using System.Security.Cryptography;
using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Tracing;
using Atoll.Machine.Isolation;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;

namespace Atoll.Machine.Sandboxes;

/// <summary>From a root filesystem and a network slot to a sandbox that answers: guest folder, process 1, hello, record. On a fault nothing of these is left; disk and slot are the caller's.</summary>
internal sealed class SandboxBooter(SandboxRuntimes runtimes, GuestFolders folders, SandboxRecords records, GuestLinks links)
{
    private const int TokenBytes = 32;

    /// <summary>The folder through which process 1 gets its program and its token.</summary>
    /// <param name="saved">Where it goes on from saved memory: that, and the token that is in it.</param>
    public Result<GuestSeat> Seat(SandboxId id, (string Memory, byte[] Token)? saved = null)
    {
        var token = saved?.Token ?? RandomNumberGenerator.GetBytes(TokenBytes);
        try
        {
            return new GuestSeat(folders.Create(id, GuestBoot.For(token)), token, saved?.Memory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Agent, $"The agent could not be put into the sandbox: {failure.Message}",
                "Run `atoll doctor`; the run-time directory may be full or the agent's binary missing.");
        }
    }

    public void Unseat(SandboxId id) => folders.Delete(id);

    public async Task<Result<LiveHandle>> BootAsync(SandboxId id, SandboxSpec spec, NetworkSlot slot, string root, GuestSeat seat, CancellationToken cancellation)
    {
        if (!runtimes.Find(spec.Isolation).TryGet(out var runtime, out var fault)) return fault;

        await using var cleanup = new AsyncCleanup();
        cleanup.Push(() => folders.Delete(id));
        var plan = new LaunchPlan(id, root, slot.NamespacePath, id.Value, spec.Limits, GuestBoot.InitArgv, GuestBoot.InitEnv, seat.Folder, slot.Gateway.ToString()) { Port = GuestBoot.Port, Memory = seat.Memory };
        cleanup.Push(async () => await runtime.RemoveAsync(id, CancellationToken.None));
        var started = await AtollTrace.MeasureAsync("start.isolation", () => runtime.StartAsync(plan, cancellation));
        if (!started.TryGet(out var init, out fault)) return fault;

        var connected = await AtollTrace.MeasureAsync("start.hello", () => links.ConnectAsync(id, init, slot, seat.Token, cancellation));
        if (!connected.TryGet(out var guest, out fault)) return fault;

        folders.EmptyBoot(id);
        cleanup.Push(() => records.Delete(id));
        records.Save(new SandboxRecord(id, spec.Isolation, slot.Number, seat.Token, init));
        cleanup.Release();
        return new LiveHandle(id, runtime, init, slot, guest);
    }
}
