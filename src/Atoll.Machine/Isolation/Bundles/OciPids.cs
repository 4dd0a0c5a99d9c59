namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciPids(long Limit);
