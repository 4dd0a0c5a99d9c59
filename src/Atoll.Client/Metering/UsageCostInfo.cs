namespace Atoll.Client.Metering;

/// <summary>What usage costs by the server's rates.</summary>
public sealed record UsageCostInfo(decimal Cpu, decimal Memory, decimal Disk, decimal Egress, decimal Total);
