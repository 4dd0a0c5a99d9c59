namespace Atoll.Client.Sandboxes;

/// <summary>What is asked for; null is the server's default.</summary>
public sealed record CreateSandbox
{
    public string? Name { get; init; }

    public string? Template { get; init; }

    public string? Isolation { get; init; }

    public double? Cpu { get; init; }

    public long? MemoryMiB { get; init; }

    public long? DiskMiB { get; init; }

    public long? Processes { get; init; }

    public IReadOnlyDictionary<string, string>? Env { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public string? User { get; init; }

    public string? Workdir { get; init; }

    public LifecycleInfo? Lifecycle { get; init; }

    public NetworkInfo? Network { get; init; }

    public IReadOnlyList<VolumeMountInfo>? Volumes { get; init; }
}
