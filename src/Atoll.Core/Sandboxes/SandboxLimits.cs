namespace Atoll.Core.Sandboxes;

/// <summary>What a sandbox may use of this host. All four are always in force.</summary>
/// <param name="Cpu">Cores, 0.1 and up; a fraction is a share of one core.</param>
/// <param name="MemoryMiB">Memory of all its processes, page cache and tmpfs included.</param>
/// <param name="DiskMiB">What it may write beyond its template.</param>
/// <param name="Processes">Processes and threads at one time.</param>
[GenerateSerializer, Immutable]
public sealed record SandboxLimits(
    [property: Id(0)] double Cpu,
    [property: Id(1)] int MemoryMiB,
    [property: Id(2)] int DiskMiB,
    [property: Id(3)] int Processes)
{
    private const int MiB = 1 << 20;

    /// <summary>What of them a sandbox at rest holds: its disk, and saved memory beside it.</summary>
    /// <param name="savedBytes">What that takes.</param>
    internal SandboxLimits AtRest(long savedBytes) => this with { Cpu = 0, MemoryMiB = 0, Processes = 0, DiskMiB = DiskMiB + (int)((savedBytes + MiB - 1) / MiB) };
}
