using Atoll.Core.Teams;

namespace Atoll.Server.Api.Teams;

/// <summary>What a team's living sandboxes, checkpoints and volumes hold of its quota now: counts, and sums of the sandboxes' limits; to the disk, what checkpoints and volumes hold is added.</summary>
internal sealed record TeamUseView(int Sandboxes, double Cpu, long MemoryMiB, long DiskMiB, int Checkpoints, int Volumes)
{
    public static TeamUseView Of(TeamUse use) => new(use.Sandboxes, use.Cpu, use.MemoryMiB, use.DiskMiB, use.Checkpoints, use.Volumes);
}
