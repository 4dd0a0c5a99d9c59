using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Metering;

internal static class MeteringEndpoints
{
    private const int MostLines = 10_000;

    public static void Map(RouteGroupBuilder api)
    {
        var usage = api.MapGroup("/usage").WithTags("usage");
        usage.MapGet("", ReadAsync).WithName("readUsage").WithSummary("What the team's sandboxes used, in whole hours, with what it costs; as JSON or CSV.");
        usage.MapGet("/rates", (Call call) => TypedResults.Ok(UsageRatesView.Of(call.Get<IUsage>().Rates))).WithName("readUsageRates").WithSummary("What a unit costs on this server.");
    }

    /// <param name="start">RFC 3339, rounded down to the hour. Default: 30 days before the end.</param>
    /// <param name="end">RFC 3339, rounded up to the hour. Default: now.</param>
    /// <param name="sandbox">Only of this one, by id; it may have ended.</param>
    /// <param name="groupBy"><c>sandbox</c> (default), <c>team</c>, <c>hour</c> or <c>day</c>: what one line is about.</param>
    /// <param name="format"><c>json</c> (default) or <c>csv</c>.</param>
    /// <param name="limit">1 to 10,000 lines. Default 1,000.</param>
    private static async Task<Results<Ok<UsageReportView>, UsageCsv, FaultResult>> ReadAsync(
        Call call, string? start, string? end, string? sandbox, string? groupBy, string? format, int? limit, string? cursor)
    {
        Dictionary<string, string> wrong = [];
        var (from, to) = (Time(wrong, "start", start), Time(wrong, "end", end));
        SandboxId? id = null;
        if (sandbox is not null && SandboxId.TryParse(sandbox, out var parsed)) id = parsed;
        else if (sandbox is not null) wrong["sandbox"] = "must be the id of a sandbox";
        var grouping = UsageGrouping.Sandbox;
        if (groupBy is not null && !EnumWords.TryParse(groupBy, out grouping)) wrong["groupBy"] = "must be one of: " + EnumWords.All<UsageGrouping>();
        if (format is not (null or "json" or "csv")) wrong["format"] = "must be json or csv";
        if (limit is < 1 or > MostLines) wrong["limit"] = $"must be from 1 to {MostLines.ToString("N0", CultureInfo.InvariantCulture)}";
        if (HttpFaults.Of(FaultCode.InvalidRequest, wrong) is { } fault) return new FaultResult(fault);

        var usage = call.Get<IUsage>();
        var read = await usage.ReadAsync(call.Team, new(from, to, id, grouping, limit ?? PageArguments.MaxLimit, cursor), call.Cancellation);
        if (!read.TryGet(out var report, out fault)) return new FaultResult(fault);
        UsageReportView view = new(report.Start, report.End, usage.Rates.Currency, [.. report.Lines.Select(line => UsageLineView.Of(line, usage.Rates))], report.NextCursor);
        return format is "csv" ? new UsageCsv(view) : TypedResults.Ok(view);
    }

    private static DateTimeOffset? Time(Dictionary<string, string> wrong, string field, string? text)
    {
        if (text is null) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.UtcDateTime.Year is >= 1970 and <= 9000) return time.ToUniversalTime();
        wrong[field] = "must be an RFC 3339 time, such as 2026-01-31T12:00:00Z";
        return null;
    }
}
