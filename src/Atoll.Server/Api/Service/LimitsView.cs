namespace Atoll.Server.Api.Service;

/// <summary>The most one sandbox may ask for here.</summary>
internal sealed record LimitsView(double Cpu, long MemoryMiB, long DiskMiB, long Processes);
