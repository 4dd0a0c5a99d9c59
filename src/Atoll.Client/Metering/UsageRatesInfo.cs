namespace Atoll.Client.Metering;

/// <summary>What a unit costs on the server.</summary>
/// <param name="MemoryReserved">Whether it is the memory limit that is paid for, and not what is in use.</param>
public sealed record UsageRatesInfo(string Currency, decimal CpuSecond, decimal MemoryGiBSecond, bool MemoryReserved, decimal DiskGiBSecond, decimal EgressGiB);
