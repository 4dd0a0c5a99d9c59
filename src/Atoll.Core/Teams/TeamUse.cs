namespace Atoll.Core.Teams;

/// <summary>What a team's living sandboxes hold of its quota now.</summary>
public sealed record TeamUse(int Sandboxes, double Cpu, long MemoryMiB, long DiskMiB);
