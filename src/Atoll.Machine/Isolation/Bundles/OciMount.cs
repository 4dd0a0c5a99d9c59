using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciMount(string Destination, string Type, string Source, ImmutableArray<string> Options);
