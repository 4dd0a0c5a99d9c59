using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Store;
using Atoll.Core.Teams;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Usage;

/// <summary>Reports from what is saved.</summary>
internal sealed class UsageReports(UsagePages pages, IOptions<UsageOptions> options, TimeProvider time) : IUsage
{
    private const int DefaultDays = 30;

    public UsageRates Rates => options.Value.Rates;

    public async Task<Result<UsageReport>> ReadAsync(TeamId team, UsageQuery query, CancellationToken cancellation)
    {
        FieldErrors errors = new();
        if (query.Cursor is { } cursor && !UsagePages.IsCursor(cursor, query.GroupBy)) errors.Add("cursor", "Must be one that a report with the same groupBy gave.");
        if (query.Start > query.End) errors.Add("end", "Must not be before start.");
        if (errors.ToFault() is { } mistake) return mistake;

        var until = query.End ?? time.GetUtcNow();
        var end = SandboxMeter.HourOf(until.AddTicks(-1)) + 1;
        var first = query.Start is { } start ? SandboxMeter.HourOf(start) : end - (DefaultDays * 24);

        // One more than asked for says whether there are more.
        var read = await pages.ReadAsync(team, first, end, query with { Limit = query.Limit + 1 }, query.Cursor, cancellation);
        if (!read.TryGet(out var lines, out var fault)) return fault;
        var more = lines.Count > query.Limit;
        if (more) lines.RemoveAt(lines.Count - 1);
        return new UsageReport(DateTimeOffset.UnixEpoch.AddHours(first), DateTimeOffset.UnixEpoch.AddHours(end), lines, more ? UsagePages.CursorOf(lines[^1], query.GroupBy) : null);
    }
}
