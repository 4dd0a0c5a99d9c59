using Atoll.Core.Faults;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes.Metering;

/// <summary>
/// What was used, for accounts. Every running sandbox is measured on its host every few seconds (<see cref="SandboxOptions.UsageIntervalSeconds"/>) and once more before it
/// is removed; what its counters have risen by goes into the hour in which it happened.
/// <para>Exactness. CPU time and bytes are counters: neither a missed sample nor a restart of the server loses or doubles any. Memory and disk are taken to have changed
/// evenly between two samples. A crash of the server forgets what was measured since it was last saved (<see cref="UsageOptions.SaveSeconds"/>) only of sandboxes that ended
/// in that time. A report is behind by at most the two intervals.</para>
/// <para>Threads: any member at any time.</para>
/// </summary>
public interface IUsage
{
    /// <summary>What a unit costs here.</summary>
    UsageRates Rates { get; }

    Task<Result<UsageReport>> ReadAsync(TeamId team, UsageQuery query, CancellationToken cancellation);
}
