namespace Atoll.Core.Teams;

/// <summary>What a team's living sandboxes and its checkpoints hold of its quota now.</summary>
/// <param name="DiskMiB">The limits of the sandboxes, and what the checkpoints hold.</param>
public sealed record TeamUse(int Sandboxes, double Cpu, long MemoryMiB, long DiskMiB, int Checkpoints = 0);
