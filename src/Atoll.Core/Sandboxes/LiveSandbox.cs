using Atoll.Core.Guests;

namespace Atoll.Core.Sandboxes;

/// <summary>
/// A running sandbox taken into use by a caller. While it is held the sandbox is not idle; dispose it when the call, stream or attached client is done.
/// </summary>
public abstract class LiveSandbox : IDisposable
{
    public abstract Sandbox Sandbox { get; }

    public abstract IGuest Guest { get; }

    /// <summary>Whose memory its processes run in: differs in each fork, and after each restore, of the same saved memory. A wake changes nothing.</summary>
    public virtual string Origin => Sandbox.Id.Value;

    /// <summary>Signalled when the sandbox ends, or is restored, while it is held: streams close.</summary>
    public abstract CancellationToken Ended { get; }

    public abstract void Dispose();
}
