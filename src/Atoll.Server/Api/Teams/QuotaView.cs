using Atoll.Core.Teams;

namespace Atoll.Server.Api.Teams;

/// <summary>The most a team may have at one time; 0 is no limit.</summary>
/// <param name="Sandboxes">Living ones.</param>
/// <param name="Cpu">Sum of their limits, in cores.</param>
/// <param name="CreatesPerMinute">Creations let in within a minute.</param>
internal sealed record QuotaView(int Sandboxes, double Cpu, long MemoryMiB, long DiskMiB, int CreatesPerMinute)
{
    public static QuotaView Of(TeamQuota quota) => new(quota.Sandboxes, quota.Cpu, quota.MemoryMiB, quota.DiskMiB, quota.CreatesPerMinute);
}
