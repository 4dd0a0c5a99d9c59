namespace Atoll.Client.Teams;

/// <summary>The most a team may have at one time: living sandboxes, sums of their limits, creations a minute. 0 is no limit; in a change, null leaves as it is.</summary>
public sealed record QuotaInfo(int? Sandboxes = null, double? Cpu = null, long? MemoryMiB = null, long? DiskMiB = null, int? CreatesPerMinute = null);
