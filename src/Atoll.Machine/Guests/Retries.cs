using Atoll.Machine.Guests.Linking;

namespace Atoll.Machine.Guests;

/// <summary>How often one call was sent again. Most never are, and cost nothing here.</summary>
internal sealed class Retries
{
    private LinkPatience? _patience;

    /// <summary>Its connection has broken before.</summary>
    public bool Begun => _patience is not null;

    public LinkPatience Begin(GuestLink link) => _patience ??= new LinkPatience(link);

    /// <summary>The agent has answered.</summary>
    public void Answered() => _patience?.Answered();
}
