using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Warm;

/// <summary>
/// Started sandboxes that wait to be asked for.
/// <para>Flow: a create <i>reserves</i> one by its kind, which gives the new sandbox its id; then it <i>claims</i> it by that id, or puts it back. The refiller makes what is missing.</para>
/// <para>Crash. A warm sandbox is one that nobody owns: the next start of the server sweeps it. What is claimed has been a sandbox like any other from its start on.</para>
/// <para>Threads: any member at any time.</para>
/// </summary>
internal sealed class WarmPool(WarmShelves shelves, RefillSignal refill, IOptions<WarmOptions> options)
{
    private readonly ConcurrentDictionary<SandboxId, WarmSandbox> _reserved = new();

    public IReadOnlyList<WarmPoolStatus> Status => [.. shelves.All.Select(shelf => shelf.Status).OrderBy(status => status.Template, StringComparer.Ordinal).ThenBy(status => status.Isolation)];

    /// <summary>The id of a warm sandbox of this kind, which is now kept for the caller; or a new one.</summary>
    public ReservedId Reserve(SandboxSpec spec)
    {
        if (!options.Value.Enabled || shelves.For(spec) is not { } shelf) return new(SandboxId.New(), false);

        // Before the shelf is seen to miss one, so that the refiller always finds that a create is being served.
        refill.Used();
        var found = shelf.TryTakeAny(out var sandbox);
        refill.Changed();
        if (!found) return new(SandboxId.New(), false);
        _reserved[sandbox!.Id] = sandbox;
        return new(sandbox.Id, true);
    }

    public void Unreserve(SandboxId id)
    {
        if (!_reserved.TryRemove(id, out var sandbox)) return;
        shelves.Of(sandbox.Key, sandbox.Limits).PutBack(sandbox);
        refill.Used();
    }

    /// <summary>A reserved one whose process 1 has ended.</summary>
    public bool IsDead(SandboxId id) => _reserved.TryGetValue(id, out var sandbox) && sandbox.IsDead;

    public bool IsReserved(SandboxId id) => _reserved.ContainsKey(id);

    /// <summary>Hands over a reserved one. False for an id that is no warm sandbox's, and for one that has died meanwhile.</summary>
    public bool TryClaim(SandboxId id, [MaybeNullWhen(false)] out WarmSandbox sandbox)
    {
        if (!_reserved.TryRemove(id, out sandbox)) return false;
        sandbox.Left.Cancel();
        return !sandbox.IsDead;
    }

    /// <summary>Gives up one warm sandbox, of the kind that holds most, because the host has run out of something it holds.</summary>
    public bool TryGiveUp([MaybeNullWhen(false)] out WarmSandbox sandbox)
    {
        sandbox = null;
        if (shelves.All.MaxBy(shelf => shelf.Status.Ready) is not { } fullest || !fullest.TryTakeAny(out sandbox)) return false;
        sandbox.Left.Cancel();
        return true;
    }
}
