using System.Globalization;
using System.Linq.Expressions;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Store.Rows;
using Atoll.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>Sums of usage, made by the database, page by page in the order of what they are about.</summary>
internal sealed class UsagePages(Database database)
{
    private const int HoursOfDay = 24;

    /// <param name="first">The first hour.</param>
    /// <param name="end">The first hour that is not looked at any more.</param>
    /// <param name="after">The cursor, checked by <see cref="IsCursor"/>.</param>
    public Task<Result<List<UsageLine>>> ReadAsync(TeamId team, int first, int end, UsageQuery query, string? after, CancellationToken cancellation) => database.ReadAsync(
        context =>
        {
            var rows = context.Usage.Where(x => x.Team == team.Value && x.Hour >= first && x.Hour < end);
            if (query.Sandbox is { } sandbox) rows = rows.Where(x => x.Sandbox == sandbox.Value);
            var number = query.GroupBy is UsageGrouping.Hour or UsageGrouping.Day && after is not null ? int.Parse(after, CultureInfo.InvariantCulture) : int.MinValue;
            return query.GroupBy switch
            {
                UsageGrouping.Sandbox => SumAsync(after is null ? rows : rows.Where(x => string.Compare(x.Sandbox, after) > 0), x => x.Sandbox, id => (SandboxId.Parse(id), null), query.Limit, cancellation),
                UsageGrouping.Hour => SumAsync(rows.Where(x => x.Hour > number), x => x.Hour, hour => (null, DateTimeOffset.UnixEpoch.AddHours(hour)), query.Limit, cancellation),
                UsageGrouping.Day => SumAsync(rows.Where(x => x.Hour / HoursOfDay > number), x => x.Hour / HoursOfDay, day => (null, DateTimeOffset.UnixEpoch.AddDays(day)), query.Limit, cancellation),
                _ => SumAsync(rows, x => x.Team, _ => (null, null), query.Limit, cancellation),
            };
        },
        cancellation);

    /// <summary>The cursor that says that this line was the last.</summary>
    public static string CursorOf(UsageLine line, UsageGrouping grouping) => grouping switch
    {
        UsageGrouping.Sandbox => line.Sandbox!.Value.Value,
        UsageGrouping.Day => (SandboxMeter.HourOf(line.At!.Value) / HoursOfDay).ToString(CultureInfo.InvariantCulture),
        _ => SandboxMeter.HourOf(line.At ?? DateTimeOffset.UnixEpoch).ToString(CultureInfo.InvariantCulture),
    };

    public static bool IsCursor(string cursor, UsageGrouping grouping) =>
        grouping is UsageGrouping.Sandbox ? SandboxId.TryParse(cursor, out _) : int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static async Task<List<UsageLine>> SumAsync<TKey>(
        IQueryable<UsageRow> rows, Expression<Func<UsageRow, TKey>> key, Func<TKey, (SandboxId? Sandbox, DateTimeOffset? At)> about, int limit, CancellationToken cancellation)
    {
        var sums = await rows.GroupBy(key).OrderBy(x => x.Key).Take(limit).Select(group => new
        {
            group.Key,
            Sums = new UsageSums(
                group.Sum(x => x.CpuSeconds),
                group.Sum(x => x.MemoryUsedMiBSeconds),
                group.Sum(x => x.MemoryReservedMiBSeconds),
                group.Sum(x => x.DiskMiBSeconds),
                group.Sum(x => x.EgressBytes),
                group.Sum(x => x.IngressBytes),
                group.Sum(x => x.RunningSeconds),
                group.Sum(x => x.PausedSeconds),
                group.Sum(x => x.SuspendedSeconds)),
        }).ToListAsync(cancellation);
        return [.. sums.Select(x => about(x.Key) is var (sandbox, at) ? new UsageLine(sandbox, at, x.Sums) : null!)];
    }
}
