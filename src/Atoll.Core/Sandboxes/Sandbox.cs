using System.Collections.Immutable;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes;

/// <summary>A sandbox at one moment: what was asked for, resolved, and what has become of it. A change makes a new one.</summary>
[GenerateSerializer, Immutable]
public sealed record Sandbox
{
    [Id(0)] public required SandboxId Id { get; init; }

    [Id(1)] public required TeamId Team { get; init; }

    [Id(2)] public required SandboxSpec Spec { get; init; }

    [Id(3)] public required SandboxState State { get; init; }

    /// <summary>Why it ended, fell asleep by itself, or was stopped by a fault; null while it runs, and where a user put it to sleep.</summary>
    [Id(4)] public EndReason? Reason { get; init; }

    /// <summary>For people: more about the reason. While it runs: why it was not suspended as its policy says.</summary>
    [Id(5)] public string? ReasonDetail { get; init; }

    [Id(6)] public required string Node { get; init; }

    [Id(7)] public required DateTimeOffset CreatedAt { get; init; }

    [Id(8)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its timeout falls; null for never, and while it sleeps.</summary>
    [Id(9)] public DateTimeOffset? ExpiresAt { get; init; }

    [Id(10)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The checkpoint that its disk was last saved to, restored to, or made from; null when there is none.</summary>
    [Id(11)] public CheckpointId? Checkpoint { get; init; }

    /// <summary>What it had written on its disk by then, in bytes since that disk was cloned.</summary>
    [Id(12)] public long CheckpointWritten { get; init; }

    /// <summary>Asleep: how much of its time is left, to run on from when it wakes; null for all of its time limit.</summary>
    [Id(13)] public TimeSpan? TimeLeft { get; init; }

    /// <summary>Suspended: the saved disk that belongs to its saved memory. No checkpoint: it goes with the next wake.</summary>
    [Id(14)] public CheckpointId? Memory { get; init; }

    /// <summary>What keeps it awake, those that have run out too until the next one is taken.</summary>
    [Id(15)] public ImmutableArray<KeepAwake> Leases { get; init; } = [];

    /// <summary>Suspended: what its saved memory takes, in bytes of the pool.</summary>
    [Id(16)] public long SavedBytes { get; init; }

    /// <summary>Archived: the key of its archive's manifest in the object store.</summary>
    [Id(17)] public string? Archive { get; init; }

    /// <summary>Stopped by a fault: when it is deleted, unless somebody has started it; else null.</summary>
    [Id(18)] public DateTimeOffset? KeptUntil { get; init; }

    /// <summary>What it holds of its team's quota and of this host: awake, its limits; at rest, its disk and saved memory; archived, nothing.</summary>
    internal SandboxLimits Held => State switch
    {
        SandboxState.Archived => Spec.Limits.AtRest(0) with { DiskMiB = 0 },
        SandboxState.Suspended or SandboxState.Stopped => Spec.Limits.AtRest(SavedBytes),
        _ => Spec.Limits,
    };

    /// <summary>Asleep from now on.</summary>
    /// <param name="why">Null: a user asked for it.</param>
    internal Sandbox Asleep(SandboxState state, EndReason? why, DateTimeOffset now) => this with
    {
        State = state,
        Reason = why,
        ReasonDetail = null,
        KeptUntil = null,
        ExpiresAt = null,
        TimeLeft = State.IsAsleep() ? TimeLeft : why is EndReason.Timeout || ExpiresAt is not { } end ? null : end > now ? end - now : TimeSpan.Zero,
    };

    /// <summary>Stopped by a fault: its disk is there. One whose time was just up, or was meanwhile, has all of it when it is started: else that would be its end.</summary>
    /// <param name="kept">For how long, unless somebody starts it; null for ever.</param>
    internal Sandbox Faulted(SandboxFault fault, DateTimeOffset now, TimeSpan? kept)
    {
        var stopped = Asleep(SandboxState.Stopped, fault.Reason, now);
        return stopped with
        {
            ReasonDetail = fault.Detail,
            KeptUntil = now + kept,
            Memory = null,
            SavedBytes = 0,
            TimeLeft = stopped.TimeLeft > TimeSpan.Zero ? stopped.TimeLeft : null,
        };
    }

    /// <summary>Running again: what was left of its time when it fell asleep, or, where it fell asleep because that was up, all of it.</summary>
    internal Sandbox Awake(DateTimeOffset now) => this with
    {
        State = SandboxState.Running,
        Reason = null,
        ReasonDetail = null,
        KeptUntil = null,
        TimeLeft = null,
        Memory = null,
        SavedBytes = 0,
        Archive = null,
        ExpiresAt = Spec.Lifecycle.TimeoutSeconds is > 0 and var seconds ? now + (TimeLeft ?? TimeSpan.FromSeconds(seconds)) : null,
    };
}
