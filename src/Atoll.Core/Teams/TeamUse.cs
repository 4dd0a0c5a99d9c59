namespace Atoll.Core.Teams;

/// <summary>What a team's living sandboxes, its checkpoints and its volumes hold of its quota now.</summary>
/// <param name="DiskMiB">The limits of the sandboxes, what the checkpoints hold, and the sizes of the volumes with what they share.</param>
public sealed record TeamUse(int Sandboxes, double Cpu, long MemoryMiB, long DiskMiB, int Checkpoints = 0, int Volumes = 0);
