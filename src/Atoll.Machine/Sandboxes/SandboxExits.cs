using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Live;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Watches every live sandbox's process and hands on the ends that nobody asked for. The channel has no bound of its own: it holds at most one end per sandbox, and those
/// are bounded by the network slots. Threads: any member at any time.
/// </summary>
internal sealed class SandboxExits(IExitWatcher watcher, MemoryKeeper memory)
{
    private readonly ConcurrentDictionary<SandboxId, CancellationTokenSource> _watched = new();
    private readonly Channel<(SandboxExit Exit, CancellationTokenSource Watch)> _ends = Channel.CreateUnbounded<(SandboxExit, CancellationTokenSource)>(new UnboundedChannelOptions { SingleReader = true });

    public void Watch(LiveHandle handle)
    {
        var watch = new CancellationTokenSource();
        if (!_watched.TryAdd(handle.Id, watch)) return;
        _ = WatchAsync(handle, watch, watch.Token);
        memory.Watch(handle);
    }

    /// <summary>Before a removal: its end is now asked for.</summary>
    public void Forget(SandboxId id)
    {
        if (!_watched.TryRemove(id, out var watch)) return;
        memory.Forget(id);
        watch.Cancel();
        watch.Dispose();
    }

    /// <summary>But for ends of what has been started again since: its processes are others.</summary>
    public async IAsyncEnumerable<SandboxExit> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (exit, watch) in _ends.Reader.ReadAllAsync(cancellation))
        {
            if (!_watched.TryGetValue(exit.Id, out var now) || now == watch) yield return exit;
        }
    }

    private async Task WatchAsync(LiveHandle handle, CancellationTokenSource watch, CancellationToken cancellation)
    {
        try
        {
            var exit = await watcher.WaitAsync(handle.Id, handle.Init, cancellation);
            if (handle.Runtime.LastWords(handle.Id) is { } words) exit = exit with { Detail = $"{exit.Detail} ({words})" };
            if (!exit.OutOfMemory && memory.IsShort(handle.Id)) exit = new InitExit(OutOfMemory: true, $"The sandbox ran out of memory. {exit.Detail}");
            if (_watched.ContainsKey(handle.Id)) _ends.Writer.TryWrite((new SandboxExit(handle.Id, exit.OutOfMemory ? EndReason.OutOfMemory : EndReason.AgentDied, exit.Detail), watch));
        }
        catch (OperationCanceledException)
        {
            // Forgotten, or this server stops: the sandbox's end is somebody else's business.
        }
        catch (IOException failure)
        {
            // It cannot be watched (no file descriptor left). Saying so beats never noticing its end.
            _ends.Writer.TryWrite((new SandboxExit(handle.Id, EndReason.AgentDied, $"The sandbox could not be watched any more: {failure.Message}"), watch));
        }
    }
}
