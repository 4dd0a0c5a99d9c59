using Atoll.Core.Code;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Images;
using Atoll.Machine.Live;
using Atoll.Machine.Warm;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>Warm sandboxes are started as all others are, under a new id, and with no way out of their network.</summary>
/// <param name="code">Asked for late: Core's rooms stand on this one.</param>
internal sealed class WarmMaker(SandboxStarter starter, SandboxRemover remover, LiveHandles live, TemplateCatalog catalog, IOptions<WarmOptions> options, Func<ICodeContexts> code) : IWarmMaker
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

        // From here on it is removed as any other is, its network slot with it.
        live.Add(handle);
        await RunOnceAsync(handle, cancellation);
        await StartInterpretersAsync(handle, key.Template, cancellation);
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

    /// <summary>So that the first piece of code starts no process. A template without the language is none the worse: whoever asks for it is told.</summary>
    private async Task StartInterpretersAsync(LiveHandle handle, string name, CancellationToken cancellation)
    {
        if (catalog.Ready.FirstOrDefault(ready => ready.Name == name) is not { } template) return;
        foreach (var language in options.Value.Interpreters ?? WarmOptions.DefaultInterpreters)
        {
            _ = await code().WarmAsync(handle.Guest, language, template.User, template.WorkingDirectory, cancellation);
        }
    }

    // Its own time, not the caller's: it is bounded, and what is left is tried again.
    public Task DiscardAsync(SandboxId id) => remover.RemoveAsync(id, CancellationToken.None);
}
