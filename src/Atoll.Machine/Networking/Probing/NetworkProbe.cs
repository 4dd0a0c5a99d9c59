using System.Collections.Immutable;

namespace Atoll.Machine.Networking.Probing;

/// <summary>What <c>atoll doctor</c> says about the network of this host.</summary>
internal sealed record NetworkProbe(ImmutableArray<NetworkCheck> Checks)
{
    public bool Passed => Checks.All(check => check.Passed);
}
