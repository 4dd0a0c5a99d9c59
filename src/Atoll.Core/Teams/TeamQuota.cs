namespace Atoll.Core.Teams;

/// <summary>The most that a team may have at one time; 0 is no limit. CPU, memory and disk are the sums of the limits of its living sandboxes, not what they happen to use.</summary>
/// <param name="Sandboxes">Living ones.</param>
/// <param name="Cpu">Cores.</param>
/// <param name="CreatesPerMinute">Creations let in within any minute, on average; up to as many at once.</param>
public sealed record TeamQuota(int Sandboxes = 0, double Cpu = 0, long MemoryMiB = 0, long DiskMiB = 0, int CreatesPerMinute = 0)
{
    public static TeamQuota Unlimited { get; } = new();
}
