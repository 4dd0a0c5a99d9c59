namespace Atoll.Core.Sandboxes.Metering;

/// <summary>What a unit costs. Section <c>Usage:Rates</c>. Default: nothing costs anything.</summary>
public sealed class UsageRates
{
    /// <summary>A word to show beside sums. Default <c>USD</c>; 1 to 16 characters.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>For a second of CPU time.</summary>
    public decimal CpuSecond { get; set; }

    /// <summary>For a GiB of memory over a second.</summary>
    public decimal MemoryGiBSecond { get; set; }

    /// <summary>Which memory is paid for: what is in use (default false), or the limit (true).</summary>
    public bool MemoryReserved { get; set; }

    /// <summary>For a GiB written to disk over a second.</summary>
    public decimal DiskGiBSecond { get; set; }

    /// <summary>For a GiB sent.</summary>
    public decimal EgressGiB { get; set; }

    /// <summary>What the parts of a sum cost, each to a millionth.</summary>
    public UsageCost CostOf(UsageSums sums)
    {
        var (cpu, memory) = (Cost(sums.CpuSeconds, 1, CpuSecond), Cost(MemoryReserved ? sums.MemoryReservedMiBSeconds : sums.MemoryUsedMiBSeconds, 1024, MemoryGiBSecond));
        var (disk, egress) = (Cost(sums.DiskMiBSeconds, 1024, DiskGiBSecond), Cost(sums.EgressBytes, 1 << 30, EgressGiB));
        return new(cpu, memory, disk, egress, cpu + memory + disk + egress);
    }

    private static decimal Cost(double amount, int unit, decimal price) => price == 0 ? 0 : Math.Round((decimal)amount / unit * price, 6, MidpointRounding.ToEven);
}
