using System.Collections.Immutable;

namespace Atoll.Core.Sandboxes;

/// <summary>What was asked for, resolved: every default is filled in, everything is validated. Immutable; a change makes a new one.</summary>
[GenerateSerializer, Immutable]
public sealed record SandboxSpec
{
    /// <summary>Unique among the team's living sandboxes; null when none was given.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>The template's name, or <c>name:tag</c>.</summary>
    [Id(1)] public required string Template { get; init; }

    [Id(2)] public required IsolationKind Isolation { get; init; }

    [Id(3)] public required SandboxLimits Limits { get; init; }

    /// <summary>Given to every process started in the sandbox, below the process's own.</summary>
    [Id(4)] public ImmutableDictionary<string, string> Env { get; init; } = ImmutableDictionary<string, string>.Empty;

    [Id(5)] public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Who runs processes that name no user: a name of the sandbox's <c>/etc/passwd</c>, or <c>uid[:gid]</c>.</summary>
    [Id(6)] public required string User { get; init; }

    /// <summary>Where processes start that name no directory.</summary>
    [Id(7)] public required string WorkingDirectory { get; init; }

    [Id(8)] public required LifecyclePolicy Lifecycle { get; init; }

    [Id(9)] public EgressDefault Egress { get; init; } = EgressDefault.Allow;

    /// <summary>The saved disk that its own began as; null: it began as the template's.</summary>
    [Id(10)] public CheckpointId? Disk { get; init; }

    /// <summary>The fork that it was made by, which is undone whole when the server dies in the middle of it; null for any other.</summary>
    [Id(11)] public string? Fork { get; init; }

    /// <summary>The saved memory, of the same instant as <see cref="Disk"/>, that it began with; null: its process 1 was started anew.</summary>
    [Id(12)] public CheckpointId? Memory { get; init; }

    /// <summary>What is mounted in it; null for nothing.</summary>
    [Id(20)] public ImmutableList<VolumeMount>? Volumes { get; init; }

    /// <summary>Ports that are reached from outside without a key of the team, by number; null for none.</summary>
    [Id(40)] public ImmutableDictionary<int, ExposedPort>? Ports { get; init; }
}
