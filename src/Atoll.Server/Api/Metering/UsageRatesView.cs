using Atoll.Core.Sandboxes.Metering;

namespace Atoll.Server.Api.Metering;

/// <summary>What a unit costs on this server.</summary>
/// <param name="CpuSecond">A second of CPU time.</param>
/// <param name="MemoryGiBSecond">A GiB of memory over a second.</param>
/// <param name="MemoryReserved">Whether it is the limit that is paid for, and not what is in use.</param>
/// <param name="DiskGiBSecond">A GiB written to disk over a second.</param>
/// <param name="EgressGiB">A GiB sent.</param>
internal sealed record UsageRatesView(string Currency, decimal CpuSecond, decimal MemoryGiBSecond, bool MemoryReserved, decimal DiskGiBSecond, decimal EgressGiB)
{
    public static UsageRatesView Of(UsageRates rates) => new(rates.Currency, rates.CpuSecond, rates.MemoryGiBSecond, rates.MemoryReserved, rates.DiskGiBSecond, rates.EgressGiB);
}
