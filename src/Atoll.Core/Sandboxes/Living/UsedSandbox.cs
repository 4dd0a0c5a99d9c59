using Atoll.Core.Guests;

namespace Atoll.Core.Sandboxes.Living;

internal sealed class UsedSandbox : LiveSandbox
{
    private readonly LiveEntry _entry;
    private int _left;

    public UsedSandbox(LiveEntry entry, Sandbox sandbox, IGuest guest)
    {
        (_entry, Sandbox, Guest, Ended, Origin) = (entry, sandbox, guest, entry.Ended, entry.Origin);
        entry.Activity.Enter();
    }

    public override Sandbox Sandbox { get; }

    public override IGuest Guest { get; }

    public override CancellationToken Ended { get; }

    public override string Origin { get; }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0) _entry.Activity.Leave();
    }
}
