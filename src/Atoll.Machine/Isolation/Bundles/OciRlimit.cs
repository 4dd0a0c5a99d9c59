namespace Atoll.Machine.Isolation.Bundles;

internal sealed record OciRlimit(string Type, ulong Hard, ulong Soft);
