namespace Atoll.Machine.Isolation.Bundles;

/// <param name="Cpus">Which of the host's, as <c>0-3,8</c>; null: any.</param>
internal sealed record OciCpu(long Quota, ulong Period, string? Cpus = null);
