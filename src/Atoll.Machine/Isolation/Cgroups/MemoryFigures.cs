namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>What of a sandbox's memory cannot be taken back from it.</summary>
/// <param name="Shared">Bytes in memory files: all of the sandbox's own memory, where its kernel is in user space, and what lies in its <c>/dev/shm</c> elsewhere.</param>
/// <param name="Private">Bytes of processes' own: of that kernel itself, or of what runs in the sandbox.</param>
/// <param name="Limit">Bytes.</param>
/// <param name="Kills">How often the limit has killed something.</param>
internal sealed record MemoryFigures(long Shared, long Private, long Limit, long Kills);
