namespace Atoll.Machine.Guests.Linking;

/// <summary>One reason for a sandbox to stand still, given up once.</summary>
internal sealed class LinkHold : IDisposable
{
    private GuestLink? _link;

    public LinkHold(GuestLink link)
    {
        _link = link;
        link.Count(1);
    }

    public void Dispose() => Interlocked.Exchange(ref _link, null)?.Count(-1);
}
