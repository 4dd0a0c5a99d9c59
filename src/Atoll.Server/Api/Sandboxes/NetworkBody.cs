using System.Collections.Immutable;

namespace Atoll.Server.Api.Sandboxes;

internal sealed record NetworkBody
{
    public EgressBody? Egress { get; init; }

    public ImmutableArray<string>? Join { get; init; }

    /// <summary>Ports that anybody may reach from the start.</summary>
    public ImmutableArray<int>? PublicPorts { get; init; }
}
