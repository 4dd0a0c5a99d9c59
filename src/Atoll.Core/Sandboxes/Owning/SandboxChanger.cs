using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Grains;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>Changes of a running sandbox. New limits are in force before they are saved; if they cannot be saved, the old ones are put back.</summary>
internal sealed partial class SandboxChanger(IMachine machine, SandboxCommits commits, Admissions admissions, SteadyClock clock, ILogger<SandboxChanger> log)
{
    public async Task<Result<Sandbox>> UpdateAsync(Sandbox before, SandboxChange change)
    {
        var after = change.ApplyTo(before, clock.Now);
        var (old, wanted) = (before.Spec.Limits, after.Spec.Limits);
        if (old == wanted) return await commits.SaveAsync(before, after, EventTypes.Updated);

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
        var until = clock.Now.AddSeconds(seconds);
        return before.ExpiresAt is not { } expiry || expiry >= until ? before : await commits.SaveAsync(before, before with { ExpiresAt = until }, EventTypes.Extended);
    }

    [LoggerMessage(1240, LogLevel.Error, "Sandbox {Sandbox} has limits that are not the saved ones: {Detail}")]
    private static partial void LogStuck(ILogger log, SandboxId sandbox, string detail);
}
