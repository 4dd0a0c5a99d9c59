namespace Atoll.Client.Service;

/// <summary>The most one sandbox may ask for.</summary>
public sealed record LimitsInfo(double Cpu, long MemoryMiB, long DiskMiB, long Processes);
