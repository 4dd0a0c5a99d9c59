using Atoll.Core.Teams;

namespace Atoll.Core.Ports;

/// <summary>A visit that is under way; disposing it says that it is over.</summary>
public sealed class OpenVisit(Grant grant, Action over) : IDisposable
{
    /// <summary>Ends when the exposure that let it in does: closed, replaced, or its time is up.</summary>
    public Grant Grant => grant;

    public void Dispose()
    {
        over();
        grant.Dispose();
    }
}
