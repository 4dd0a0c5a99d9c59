namespace Atoll.Core.Sandboxes;

/// <summary>What a sandbox uses at one moment.</summary>
/// <param name="CpuSeconds">CPU time of all its processes since it started.</param>
/// <param name="MemoryBytes">Memory in use, page cache included.</param>
/// <param name="Processes">Processes and threads as the host's cgroup counts them.</param>
/// <param name="DiskBytes">What it has written beyond its template.</param>
/// <param name="ReceivedBytes">Since its network was set up, as the sandbox sees it.</param>
/// <param name="SentBytes">Since its network was set up, as the sandbox sees it.</param>
public sealed record SandboxUsage(
    DateTimeOffset At,
    double CpuSeconds,
    long MemoryBytes,
    int Processes,
    long DiskBytes,
    long ReceivedBytes,
    long SentBytes);
