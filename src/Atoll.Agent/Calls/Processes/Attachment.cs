using Atoll.Agent.Processes;
using Atoll.Agent.Processes.Output;

namespace Atoll.Agent.Calls.Processes;

/// <summary>
/// A host's hold on the output of one process, from its call to the end of that, over as many connections as it takes: nothing that the host has not acknowledged is overwritten.
/// <see cref="Attachments"/> guards its connection and its end.
/// </summary>
internal sealed class Attachment(ulong id)
{
    private readonly Lock _starting = new();
    private readonly Lock _pace = new();
    private PacingFollower? _follower;
    private long _most = long.MaxValue;

    public ulong Id { get; } = id;

    public ChildProcess? Child { get; private set; }

    /// <summary>The process is the call's own, and ends with it.</summary>
    public bool Owns { get; init; }

    /// <summary>The connection that it is served by; null while that is broken.</summary>
    public CallContext? Connection { get; set; }

    public ITimer? Expiry { get; set; }

    /// <summary>Its host will not come back: it is not kept when its connection breaks.</summary>
    public bool Forsaken { get; set; }

    /// <summary>The process, which the first connection to come starts or names.</summary>
    public ChildProcess? Begin(Func<ChildProcess?> start)
    {
        lock (_starting) return Child ??= start();
    }

    /// <summary>Bytes from an offset up to <paramref name="most"/> are kept until they are acknowledged.</summary>
    public void Hold(ChildProcess child, long offset, long most)
    {
        lock (_pace)
        {
            if (_follower is not null) return;
            _most = most;
            if (offset < most) _follower = child.Output.AddPacing(offset);
            else child.Output.StopAwaitingFirst();
        }
    }

    /// <summary>The host has all that lies below.</summary>
    public void Acknowledge(long offset)
    {
        lock (_pace)
        {
            if (_follower is not { } follower || offset <= follower.Offset) return;
            if (offset < _most) Child?.Output.Advance(follower, offset);
            else LetGo();
        }
    }

    public void Release()
    {
        lock (_pace) LetGo();
    }

    private void LetGo()
    {
        if (_follower is { } follower) Child?.Output.RemovePacing(follower);
        _follower = null;
    }
}
