namespace Atoll.Core.Sandboxes.Metering;

/// <summary>What usage costs, in the currency of <see cref="UsageRates"/>.</summary>
public sealed record UsageCost(decimal Cpu, decimal Memory, decimal Disk, decimal Egress, decimal Total);
