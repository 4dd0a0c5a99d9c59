using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Live;
using Atoll.Machine.Warm;

namespace Atoll.Machine.Sandboxes;

/// <summary>Warm sandboxes are started as all others are, under a new id, and with no way out of their network.</summary>
internal sealed class WarmMaker(SandboxStarter starter, SandboxRemover remover) : IWarmMaker
{
    private static readonly TimeSpan FirstProcessLimit = TimeSpan.FromSeconds(5);
    private static readonly ProcessSpec FirstProcess = new() { Argv = ["/bin/sh", "-c", ":"], User = "root", WorkingDirectory = "/", Unlisted = true };

    public async Task<Result<WarmSandbox>> MakeAsync(WarmKey key, SandboxLimits limits, CancellationToken cancellation)
    {
        SandboxSpec spec = new()
        {
            Template = key.Template,
            Isolation = key.Isolation,
            Limits = limits,
            User = "",
            WorkingDirectory = "",
            Lifecycle = new(0, LifecycleAction.Delete, 0, LifecycleAction.Delete),
            Egress = EgressDefault.Deny,
        };
        if (!(await starter.StartAsync(SandboxId.New(), spec, cancellation)).TryGet(out var handle, out var fault)) return fault;
        await RunOnceAsync(handle, cancellation);
        var measured = await handle.Runtime.MeasureAsync(handle.Id, cancellation);
        return new WarmSandbox(key, handle, limits, measured.TryGet(out var usage, out _) ? usage.MemoryBytes : 0);
    }

    /// <summary>
    /// The first process of a sandbox costs several times what the next ones do: its files are not in memory yet (each sandbox has its own pages of its template), nor the agent's
    /// code for it. So it is run here. That it fails, in a template without a shell say, tells the pool nothing.
    /// </summary>
    private static async Task RunOnceAsync(LiveHandle handle, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(FirstProcessLimit);
        try
        {
            _ = await handle.Guest.Processes.ExecAsync(FirstProcess, 0, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // A shell that does not end. Whoever claims the sandbox finds it no worse than a cold one.
        }
    }

    // Its own time, not the caller's: it is bounded, and what is left is tried again.
    public Task DiscardAsync(SandboxId id) => remover.RemoveAsync(id, CancellationToken.None);
}
