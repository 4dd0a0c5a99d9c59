namespace Atoll.Cli.Output;

/// <param name="CpuPercent">Of one core, since the sample before; null for the first.</param>
internal sealed record UsageJson(string Id, string? Name, DateTimeOffset At, double? CpuPercent, long MemoryBytes, long MemoryLimitBytes, int Processes, long DiskBytes, long ReceivedBytes, long SentBytes);
