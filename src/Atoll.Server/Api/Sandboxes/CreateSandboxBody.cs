using System.Collections.Immutable;
using Atoll.Server.Api.Words;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>What a sandbox is to be; everything left out is the server's default. Fields whose feature does not exist yet are accepted empty.</summary>
internal sealed record CreateSandboxBody
{
    /// <summary>Unique among the team's living sandboxes.</summary>
    public string? Name { get; init; }

    public string? Template { get; init; }

    /// <summary>The id of a checkpoint to begin with: its disk, and what else of its sandbox is left out here. Not with a template.</summary>
    public string? Checkpoint { get; init; }

    public IsolationWord? Isolation { get; init; }

    /// <summary>Cores; a fraction is a share of one.</summary>
    public double? Cpu { get; init; }

    public long? MemoryMiB { get; init; }

    public long? DiskMiB { get; init; }

    /// <summary>Processes and threads at one time.</summary>
    public long? Processes { get; init; }

    public ImmutableDictionary<string, string>? Env { get; init; }

    public ImmutableDictionary<string, string>? Metadata { get; init; }

    public string? User { get; init; }

    public string? Workdir { get; init; }

    public LifecycleBody? Lifecycle { get; init; }

    public NetworkBody? Network { get; init; }

    public ImmutableArray<VolumeBody>? Volumes { get; init; }

    public ImmutableArray<SecretBody>? Secrets { get; init; }

    public int? Gpus { get; init; }

    public int? Count { get; init; }
}
