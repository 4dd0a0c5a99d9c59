using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Timing;

/// <summary>
/// Decides whether a sandbox's time is over. Called by its grain, in its turn.
/// <para>Idle. Nobody has used it for <see cref="LifecyclePolicy.IdleSeconds"/>, and over the last part of that time (the probe) its processes used less than
/// <see cref="SandboxOptions.IdleCores"/>, with nothing left to do at one of its ends: what a busy host gives no processor is not idle. The host is asked only at the two ends of the probe. A busy
/// sandbox counts as used, and so does one that cannot be measured.
/// A call that arrives in the instant of the decision may still meet the end.</para>
/// </summary>
internal sealed partial class LifecycleJudge(IMachine machine, IOptions<SandboxOptions> options, TimeProvider time, SteadyClock clock, ILogger<LifecycleJudge> log)
{
    /// <summary>What is due now, or null. A sandbox that sleeps is left alone, unless a fault has stopped it and nobody wanted it for long.</summary>
    public async Task<DueAction?> JudgeAsync(LiveEntry entry)
    {
        var sandbox = entry.Sandbox;
        var life = sandbox.Spec.Lifecycle;
        if (sandbox is { State: SandboxState.Stopped, KeptUntil: { } kept } && kept <= clock.Now) return new(LifecycleAction.Delete, EndReason.Unclaimed, Unclaimed(sandbox), null);
        if (sandbox.State is not SandboxState.Running) return null;
        if (sandbox.ExpiresAt <= clock.Now && !IsHeldOff(entry, life.OnTimeout)) return new(life.OnTimeout, EndReason.Timeout, "Its time limit was reached.", null);
        if (life.IdleSeconds is not (> 0 and var idle) || KeptAwakeUntil(sandbox) is not null || IsHeldOff(entry, life.OnIdle)) return null;
        var mark = entry.Activity.Mark;
        return await IsIdleAsync(entry, TimeSpan.FromSeconds(idle)) ? new(life.OnIdle, EndReason.Idle, $"Nobody used it for {idle} seconds, and its processes did nothing.", mark) : null;
    }

    /// <summary>When to judge again.</summary>
    public DateTimeOffset? NextDue(LiveEntry entry)
    {
        var sandbox = entry.Sandbox;
        if (sandbox.State is SandboxState.Stopped) return sandbox.KeptUntil;
        if (sandbox.State is not SandboxState.Running) return null;
        var life = sandbox.Spec.Lifecycle;
        var expiry = sandbox.ExpiresAt is { } end ? NotBefore(entry, life.OnTimeout, end) : (DateTimeOffset?)null;
        if (life.IdleSeconds is not (> 0 and var seconds)) return expiry;

        var idle = TimeSpan.FromSeconds(seconds);
        var activity = entry.Activity;
        var left = activity.Probe is { } probe && probe.Mark == activity.Mark
            ? Window(idle) - time.GetElapsedTime(probe.Taken)
            : idle - Window(idle) - activity.Quiet;
        var judge = clock.Now + (left > TimeSpan.Zero ? left : TimeSpan.Zero);
        if (KeptAwakeUntil(sandbox) is { } kept && kept > judge) judge = kept;
        judge = NotBefore(entry, life.OnIdle, judge);
        return expiry < judge ? expiry : judge;
    }

    /// <summary>Its suspension has failed lately.</summary>
    private bool IsHeldOff(LiveEntry entry, LifecycleAction action) => action is LifecycleAction.Suspend && entry.Backoff?.Until > clock.Now;

    private static DateTimeOffset NotBefore(LiveEntry entry, LifecycleAction action, DateTimeOffset due) =>
        action is LifecycleAction.Suspend && entry.Backoff?.Until is { } until && until > due ? until : due;

    private static string Unclaimed(Sandbox sandbox) =>
        $"It was stopped by a fault, and nobody started it within Sandboxes:KeepFaultedSeconds. The fault: {sandbox.Reason}{(sandbox.ReasonDetail is { } detail ? $": {detail}" : ".")}";

    /// <summary>The end of its longest lease; null where none holds.</summary>
    private DateTimeOffset? KeptAwakeUntil(Sandbox sandbox)
    {
        if (sandbox.Leases.IsDefaultOrEmpty) return null;
        var last = sandbox.Leases.Max(lease => lease.Until);
        return last > clock.Now ? last : null;
    }

    private async Task<bool> IsIdleAsync(LiveEntry entry, TimeSpan idle)
    {
        var (activity, window) = (entry.Activity, Window(idle));
        var mark = activity.Mark;
        if (activity.Quiet < idle - window) return false;
        if (activity.Probe is not { } probe || probe.Mark != mark)
        {
            if (await MeasureAsync(entry) is { } first) activity.Probe = new(mark, time.GetTimestamp(), first.CpuSeconds, await machine.IsAtWorkAsync(entry.Sandbox.Id));
            return false;
        }

        var elapsed = time.GetElapsedTime(probe.Taken);
        if (elapsed < window) return false;
        if (await MeasureAsync(entry) is not { } usage) return false;
        var little = (usage.CpuSeconds - probe.CpuSeconds) / elapsed.TotalSeconds < options.Value.IdleCores;
        if (little && !(probe.AtWork && await machine.IsAtWorkAsync(entry.Sandbox.Id)))
        {
            // Somebody may have come while it was measured.
            return activity.Users == 0 && activity.Mark == mark;
        }

        activity.Touch();
        return false;
    }

    private async Task<SandboxUsage?> MeasureAsync(LiveEntry entry)
    {
        var measured = await machine.MeasureAsync(entry.Sandbox.Id, CancellationToken.None);
        if (measured.TryGet(out var usage, out var fault)) return usage;
        LogUnmeasured(log, entry.Sandbox.Id, fault.Detail);
        entry.Activity.Touch();
        return null;
    }

    private TimeSpan Window(TimeSpan idle)
    {
        var probe = TimeSpan.FromSeconds(options.Value.IdleProbeSeconds);
        return probe < idle / 2 ? probe : idle / 2;
    }

    [LoggerMessage(1220, LogLevel.Warning, "Sandbox {Sandbox} cannot be measured, so it is not taken for idle: {Detail}")]
    private static partial void LogUnmeasured(ILogger log, SandboxId sandbox, string detail);
}
