using Atoll.Core.Sandboxes.Metering;

namespace Atoll.Server.Api.Metering;

/// <summary>What usage costs by the server's rates, each to a millionth.</summary>
internal sealed record UsageCostView(decimal Cpu, decimal Memory, decimal Disk, decimal Egress, decimal Total)
{
    public static UsageCostView Of(UsageCost cost) => new(cost.Cpu, cost.Memory, cost.Disk, cost.Egress, cost.Total);
}
