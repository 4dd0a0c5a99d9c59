using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Live;

/// <summary>The live sandboxes of this host. Threads: any member at any time.</summary>
internal sealed class LiveHandles
{
    private readonly ConcurrentDictionary<SandboxId, LiveHandle> _handles = new();

    public void Add(LiveHandle handle) => _handles[handle.Id] = handle;

    public bool TryGet(SandboxId id, [MaybeNullWhen(false)] out LiveHandle handle) => _handles.TryGetValue(id, out handle);

    public bool TryTake(SandboxId id, [MaybeNullWhen(false)] out LiveHandle handle) => _handles.TryRemove(id, out handle);
}
