namespace Atoll.Client.Teams;

/// <summary>What a team's living sandboxes and its checkpoints hold of its quota.</summary>
public sealed record TeamUseInfo(int Sandboxes, double Cpu, long MemoryMiB, long DiskMiB, int Checkpoints = 0, int Volumes = 0);
