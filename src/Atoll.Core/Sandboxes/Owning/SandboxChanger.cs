using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Grains;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>Changes of a sandbox that runs or sleeps. New limits are in force before they are saved; if they cannot be saved, the old ones are put back.</summary>
internal sealed partial class SandboxChanger(IMachine machine, SandboxCommits commits, Admissions admissions, SteadyClock clock, IOptions<SandboxOptions> options, ILogger<SandboxChanger> log)
{
    public async Task<Result<Sandbox>> UpdateAsync(Sandbox before, SandboxChange change)
    {
        var after = change.ApplyTo(before, clock.Now);
        var (old, wanted) = (before.Spec.Limits, after.Spec.Limits);
        if (old == wanted) return await commits.SaveAsync(before, after, EventTypes.Updated);

        // At rest it holds neither processor nor memory: other limits are taken, or refused, when it wakes.
        if (before.State.IsAtRest()) return await commits.SaveAsync(before, after, EventTypes.Updated);

        if (admissions.Take(before.Team, before.Id, wanted, old).Fault is { } full) return full;
        var applied = await machine.ApplyLimitsAsync(before.Id, wanted, CancellationToken.None);
        var saved = applied.Fault is { } refused ? refused : await commits.SaveAsync(before, after, EventTypes.Updated);
        if (saved.Succeeded) return saved;

        admissions.Readmit(before.Team, before.Id, old);
        if (applied.Succeeded && (await machine.ApplyLimitsAsync(before.Id, old, CancellationToken.None)).Fault is { } stuck)
        {
            LogStuck(log, before.Id, stuck.Detail);
        }

        return saved;
    }

    public async Task<Result<Sandbox>> ExtendAsync(Sandbox before, long seconds)
    {
        if (before.State.IsAsleep())
        {
            var wanted = TimeSpan.FromSeconds(seconds);
            var left = before.TimeLeft ?? TimeSpan.FromSeconds(before.Spec.Lifecycle.TimeoutSeconds);
            return before.Spec.Lifecycle.TimeoutSeconds == 0 || left >= wanted ? before : await commits.SaveAsync(before, before with { TimeLeft = wanted }, EventTypes.Extended);
        }

        var until = clock.Now.AddSeconds(seconds);
        return before.ExpiresAt is not { } expiry || expiry >= until ? before : await commits.SaveAsync(before, before with { ExpiresAt = until, ReasonDetail = null }, EventTypes.Extended);
    }

    public async Task<Result<Sandbox>> LeaseAsync(Sandbox before, LeaseChange change)
    {
        var now = clock.Now;
        var others = before.Leases.RemoveAll(lease => lease.Id == change.Id || lease.Until <= now);
        if (change.Seconds is not { } seconds)
        {
            var known = before.Leases.Any(lease => lease.Id == change.Id && lease.Until > now);
            return known ? await commits.SaveAsync(before, before with { Leases = others }, EventTypes.Updated) : SandboxFaults.NoLease(change.Id);
        }

        if (others.Length >= options.Value.MostLeases) return SandboxFaults.TooManyLeases(before.Id, options.Value.MostLeases);
        return await commits.SaveAsync(before, before with { Leases = others.Add(new(change.Id, change.Name, now.AddSeconds(seconds))) }, EventTypes.Updated);
    }

    [LoggerMessage(1240, LogLevel.Error, "Sandbox {Sandbox} has limits that are not the saved ones: {Detail}")]
    private static partial void LogStuck(ILogger log, SandboxId sandbox, string detail);
}
