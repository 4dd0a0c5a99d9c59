namespace Atoll.Core.Events;

/// <summary>
/// Tells followers of events as they are committed. <see cref="Publish"/> is called by one writer at a time, in the order of the numbers.
/// The watermark is the newest event that is published: readers look no further, so that nobody hears of a change before it can be seen.
/// </summary>
internal sealed class EventFeed
{
    private readonly Lock _lock = new();
    private EventSubscription[] _followers = [];
    private long _watermark;

    public long Watermark => Volatile.Read(ref _watermark);

    public int Followers => Volatile.Read(ref _followers).Length;

    /// <summary>Events that the slowest follower has not read yet.</summary>
    public long Lag => Volatile.Read(ref _followers).Select(x => x.Queue.Count).DefaultIfEmpty().Max();

    /// <summary>At start: what is stored is published.</summary>
    public void Begin(long newest) => Volatile.Write(ref _watermark, newest);

    public void Publish(SandboxEvent happened)
    {
        Volatile.Write(ref _watermark, happened.Sequence);
        foreach (var follower in Volatile.Read(ref _followers)) follower.Offer(happened);
    }

    public EventSubscription Subscribe(Func<SandboxEvent, bool> wanted)
    {
        EventSubscription follower = new(this, wanted);
        lock (_lock) _followers = [.. _followers, follower];
        return follower;
    }

    internal void Unsubscribe(EventSubscription follower)
    {
        lock (_lock) _followers = [.. _followers.Where(x => x != follower)];
    }
}
