namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciCpu(long Quota, ulong Period);
