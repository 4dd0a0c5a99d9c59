using Atoll.Core.Sandboxes;
using Atoll.Machine.Live;

namespace Atoll.Machine.Warm;

/// <summary>A started sandbox that nobody has asked for yet. It reaches nothing: its network slot is closed until it is claimed.</summary>
/// <param name="Limits">Those it was started with.</param>
/// <param name="MemoryBytes">What it used when it became ready.</param>
internal sealed record WarmSandbox(WarmKey Key, LiveHandle Handle, SandboxLimits Limits, long MemoryBytes)
{
    private int _dead;

    public SandboxId Id => Handle.Id;

    /// <summary>Its process 1 has ended.</summary>
    public bool IsDead => Volatile.Read(ref _dead) == 1;

    /// <summary>Cancelled when it leaves the pool, whichever way: nobody watches it for the pool any more.</summary>
    public CancellationTokenSource Left { get; } = new();

    public void MarkDead() => Volatile.Write(ref _dead, 1);
}
