using System.Threading.Channels;

namespace Atoll.Core.Events;

/// <summary>
/// One follower's queue. It holds at most 256 events; when a slow follower leaves it full, the newest is dropped and <see cref="Lagged"/> says so, and the follower
/// reads from the database what it missed. Nothing a follower does can hold up the writer.
/// </summary>
internal sealed class EventSubscription(EventFeed feed, Func<SandboxEvent, bool> wanted) : IDisposable
{
    private const int Capacity = 256;
    private readonly Channel<SandboxEvent> _queue = Channel.CreateBounded<SandboxEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
    private volatile bool _lagged;

    /// <summary>Something was dropped since this was last set to false. Set by the writer before it queues anything newer than what it dropped.</summary>
    public bool Lagged
    {
        get => _lagged;
        set => _lagged = value;
    }

    public ChannelReader<SandboxEvent> Queue => _queue.Reader;

    public void Offer(SandboxEvent happened)
    {
        if (wanted(happened) && !_queue.Writer.TryWrite(happened)) _lagged = true;
    }

    public void Dispose() => feed.Unsubscribe(this);
}
