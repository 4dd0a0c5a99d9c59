using System.Collections.Immutable;

namespace Atoll.Core.Sandboxes.Grains;

/// <summary>A <see cref="SandboxUpdate"/> that has been checked; null leaves a value as it is, an empty name takes it away.</summary>
[GenerateSerializer, Immutable]
internal sealed record SandboxChange
{
    [Id(0)] public string? Name { get; init; }

    [Id(1)] public ImmutableDictionary<string, string>? Metadata { get; init; }

    [Id(2)] public ImmutableDictionary<string, string>? Env { get; init; }

    [Id(3)] public double? Cpu { get; init; }

    [Id(4)] public int? MemoryMiB { get; init; }

    [Id(5)] public int? Processes { get; init; }

    [Id(6)] public long? TimeoutSeconds { get; init; }

    [Id(7)] public long? IdleSeconds { get; init; }

    [Id(8)] public LifecycleAction? OnTimeout { get; init; }

    [Id(9)] public LifecycleAction? OnIdle { get; init; }

    [Id(10)] public WakeCauses? WakeOn { get; init; }

    /// <summary>The sandbox as it will be. A new time limit counts from <paramref name="now"/>, or from when it wakes.</summary>
    public Sandbox ApplyTo(Sandbox sandbox, DateTimeOffset now)
    {
        var (spec, limits, lifecycle) = (sandbox.Spec, sandbox.Spec.Limits, sandbox.Spec.Lifecycle);
        return sandbox with
        {
            Spec = spec with
            {
                Name = Name is null ? spec.Name : Name.Length == 0 ? null : Name,
                Metadata = Metadata ?? spec.Metadata,
                Env = Env ?? spec.Env,
                Limits = limits with { Cpu = Cpu ?? limits.Cpu, MemoryMiB = MemoryMiB ?? limits.MemoryMiB, Processes = Processes ?? limits.Processes },
                Lifecycle = lifecycle with
                {
                    TimeoutSeconds = TimeoutSeconds ?? lifecycle.TimeoutSeconds,
                    OnTimeout = OnTimeout ?? lifecycle.OnTimeout,
                    IdleSeconds = IdleSeconds ?? lifecycle.IdleSeconds,
                    OnIdle = OnIdle ?? lifecycle.OnIdle,
                    WakeOn = WakeOn ?? lifecycle.WakeOn,
                },
            },
            ExpiresAt = TimeoutSeconds switch { null => sandbox.ExpiresAt, 0 => null, _ when sandbox.State.IsAsleep() => null, { } seconds => now.AddSeconds(seconds) },
            TimeLeft = TimeoutSeconds is null ? sandbox.TimeLeft : null,
            ReasonDetail = sandbox.State is SandboxState.Running && ChangesPolicy ? null : sandbox.ReasonDetail,
        };
    }

    /// <summary>What it says about why its policy did not work is out of date.</summary>
    private bool ChangesPolicy => TimeoutSeconds is not null || IdleSeconds is not null || OnTimeout is not null || OnIdle is not null;
}
