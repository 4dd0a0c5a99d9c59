namespace Atoll.Client.Sandboxes;

/// <summary>What a sandbox uses at one moment, as its host sees it.</summary>
/// <param name="CpuSeconds">CPU time since it started.</param>
public sealed record UsageSample(DateTimeOffset At, double CpuSeconds, long MemoryBytes, int Processes, long DiskBytes, long ReceivedBytes, long SentBytes);
