using System.Collections.Immutable;
using Atoll.Core.Checkpoints;
using Atoll.Server.Api.Sandboxes;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>How many sandboxes to make. What is left out is as in the sandbox that the checkpoint was made of.</summary>
internal sealed record ForkBody
{
    /// <summary>1 to 100; default 1.</summary>
    public int? Count { get; init; }

    /// <summary>With memory and processes (<c>full</c>), or the disk alone. Default: as the checkpoint is; of a running sandbox, <c>disk</c>.</summary>
    public CheckpointKind? Kind { get; init; }

    /// <summary>With a count above 1, <c>-1</c>, <c>-2</c>, … are put behind it.</summary>
    public string? Name { get; init; }

    public double? Cpu { get; init; }

    public long? MemoryMiB { get; init; }

    public long? DiskMiB { get; init; }

    public long? Processes { get; init; }

    public ImmutableDictionary<string, string>? Env { get; init; }

    public ImmutableDictionary<string, string>? Metadata { get; init; }

    public string? User { get; init; }

    public string? Workdir { get; init; }

    public LifecycleBody? Lifecycle { get; init; }

    public NetworkBody? Network { get; init; }

    /// <summary>Left out, those of the origin. With memory, they cannot be others.</summary>
    public ImmutableArray<VolumeBody>? Volumes { get; init; }

    /// <summary>The part that is as in a create, so that it is checked as one.</summary>
    public CreateSandboxBody ToCreate() => new()
    {
        Name = Name,
        Cpu = Cpu,
        MemoryMiB = MemoryMiB,
        DiskMiB = DiskMiB,
        Processes = Processes,
        Env = Env,
        Metadata = Metadata,
        User = User,
        Workdir = Workdir,
        Lifecycle = Lifecycle,
        Network = Network,
        Volumes = Volumes,
    };
}
