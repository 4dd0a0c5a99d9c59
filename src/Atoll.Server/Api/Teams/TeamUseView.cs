using Atoll.Core.Teams;

namespace Atoll.Server.Api.Teams;

/// <summary>What a team's living sandboxes hold of its quota now: counts, and sums of their limits.</summary>
internal sealed record TeamUseView(int Sandboxes, double Cpu, long MemoryMiB, long DiskMiB)
{
    public static TeamUseView Of(TeamUse use) => new(use.Sandboxes, use.Cpu, use.MemoryMiB, use.DiskMiB);
}
