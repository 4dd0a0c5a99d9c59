using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>One line for each kind of report, of 2 units of everything.</summary>
internal sealed class FakeUsage : IUsage
{
    public UsageRates Rates { get; } = new() { Currency = "EUR", CpuSecond = 0.5m, MemoryGiBSecond = 1024m };

    public Task<Result<UsageReport>> ReadAsync(TeamId team, UsageQuery query, CancellationToken cancellation)
    {
        UsageLine line = new(
            query.GroupBy is UsageGrouping.Sandbox ? query.Sandbox ?? SandboxId.New() : null,
            query.GroupBy is UsageGrouping.Hour or UsageGrouping.Day ? DateTimeOffset.UnixEpoch : null,
            new(2, 2, 2, 2, 2, 2, 2, 2, 2));
        return Task.FromResult<Result<UsageReport>>(new UsageReport(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1), [line], query.Limit == 1 ? "next" : null));
    }
}
