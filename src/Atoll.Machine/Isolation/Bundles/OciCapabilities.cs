using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciCapabilities(
    ImmutableArray<string> Bounding,
    ImmutableArray<string> Effective,
    ImmutableArray<string> Permitted,
    ImmutableArray<string> Inheritable,
    ImmutableArray<string> Ambient);
