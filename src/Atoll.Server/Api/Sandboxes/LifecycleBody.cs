using System.Collections.Immutable;
using Atoll.Server.Api.Words;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>When a sandbox ends or falls asleep by itself, and what wakes it.</summary>
internal sealed record LifecycleBody
{
    /// <summary>Seconds of running, from its start to its end; 0 is never. Time asleep does not count.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Default <c>delete</c>. With <c>suspend</c>, one that cannot be suspended goes on, says why, and is tried again; with <c>suspend_or_stop</c> it is stopped.</summary>
    public LifecycleWord? OnTimeout { get; init; }

    /// <summary>Seconds without use; 0 is never.</summary>
    public double? IdleSeconds { get; init; }

    /// <summary>Default <c>suspend</c>, and <c>stop</c> where that isolation cannot be suspended. As for <c>onTimeout</c>.</summary>
    public LifecycleWord? OnIdle { get; init; }

    /// <summary>What wakes it: <c>api</c> (a call that works in it), <c>http</c> (a request to one of its ports). Default both; an empty list is nothing.</summary>
    public ImmutableArray<string>? WakeOn { get; init; }
}
