namespace Atoll.Core.Guests;

/// <summary>What a sandbox sees of itself.</summary>
public sealed record GuestMetrics(int Processes, long MemoryTotalBytes, long MemoryAvailableBytes, long DiskTotalBytes, long DiskFreeBytes, double UptimeSeconds, long AgentResidentBytes);
