namespace Atoll.Machine.Isolation;

/// <param name="OutOfMemoryKills">How often the memory limit has killed something in it since it was made.</param>
internal sealed record CgroupUsage(double CpuSeconds, long MemoryBytes, int Processes, long OutOfMemoryKills);
