using System.Runtime.CompilerServices;
using Atoll.Client.Http;
using Atoll.Client.Metering;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>What the team's sandboxes used, for accounts.</summary>
public sealed class UsageClient
{
    private readonly ApiConnection _connection;

    internal UsageClient(ApiConnection connection) => _connection = connection;

    /// <summary>Page by page; each has the same period and currency.</summary>
    public async IAsyncEnumerable<UsageReportInfo> ReadAsync(UsageFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var page = await _connection.GetAsync(Path(filter).With("cursor", cursor).ToString(), AtollJson.Default.UsageReportInfo, cancellation);
            yield return page;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>The same as CSV, page by page; only the first has the line of headings.</summary>
    public async IAsyncEnumerable<string> ReadCsvAsync(UsageFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        var first = true;
        do
        {
            using var response = await _connection.SendAsync(HttpMethod.Get, Path(filter).With("format", "csv").With("cursor", cursor).ToString(), null, cancellation);
            cursor = response.Headers.TryGetValues("Atoll-Next-Cursor", out var next) ? next.First() : null;
            var text = await response.Content.ReadAsStringAsync(cancellation);
            yield return first ? text : text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
            first = false;
        }
        while (cursor is not null);
    }

    public Task<UsageRatesInfo> RatesAsync(CancellationToken cancellation) => _connection.GetAsync("/v1/usage/rates", AtollJson.Default.UsageRatesInfo, cancellation);

    private static Query Path(UsageFilter filter) =>
        new Query("/v1/usage").With("start", filter.Start).With("end", filter.End).With("sandbox", filter.Sandbox).With("groupBy", filter.GroupBy);
}
