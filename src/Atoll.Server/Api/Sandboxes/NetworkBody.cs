using System.Collections.Immutable;

namespace Atoll.Server.Api.Sandboxes;

internal sealed record NetworkBody
{
    public EgressBody? Egress { get; init; }

    public ImmutableArray<string>? Join { get; init; }

    public ImmutableArray<int>? PublicPorts { get; init; }
}
