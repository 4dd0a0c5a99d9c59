namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>What of a sandbox's memory cannot be taken back from it.</summary>
/// <param name="Shared">Bytes in memory files: all of the sandbox's own memory, where its kernel is in user space, and what lies in its <c>/dev/shm</c> elsewhere.</param>
/// <param name="Private">Bytes of processes' own: of that kernel itself, or of what runs in the sandbox.</param>
/// <param name="Used">Bytes of everything that the limit counts, what the kernel could take back among it.</param>
/// <param name="Limit">Bytes.</param>
/// <param name="Kills">How often the limit has killed something.</param>
/// <param name="Waits">Something in it waits at the limit for memory, as it does where the limit is told to kill nothing (<see cref="ICgroupControllers.HoldAtLimit"/>).</param>
internal sealed record MemoryFigures(long Shared, long Private, long Used, long Limit, long Kills, bool Waits);
