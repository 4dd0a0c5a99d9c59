using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http.Binding;

/// <summary>Checks of what lists have in their queries.</summary>
internal static class PageArguments
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    public static Fault? CheckLimit(int? limit, int most = MaxLimit) =>
        limit is < 1 || limit > most ? HttpFaults.Invalid("limit", $"must be from 1 to {most.ToString("N0", CultureInfo.InvariantCulture)}") : null;

    /// <summary>A cursor that is a sequence number: from the query, or from the last event id of a stream that goes on.</summary>
    public static Result<long> Sequence(HttpContext http, string? cursor, string field = "cursor")
    {
        var last = http.Request.Headers["Last-Event-ID"].ToString();
        var text = last.Length > 0 ? last : cursor ?? "0";
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : HttpFaults.Invalid(last.Length > 0 ? "Last-Event-ID" : field, "must be a whole number, as a reply before gave it");
    }
}
