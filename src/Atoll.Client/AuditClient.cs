using System.Globalization;
using System.Runtime.CompilerServices;
using Atoll.Client.Auditing;
using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>Who changed what, and from where.</summary>
public sealed class AuditClient
{
    private const int PageSize = 500;
    private readonly ApiConnection _connection;

    internal AuditClient(ApiConnection connection) => _connection = connection;

    /// <summary>Newest first, page after page for as long as it is read.</summary>
    public async IAsyncEnumerable<AuditInfo> ListAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var query = new Query("/v1/audit").With("limit", PageSize.ToString(CultureInfo.InvariantCulture)).With("cursor", cursor)
                .With("since", Text(filter.Since)).With("until", Text(filter.Until)).With("actor", filter.Actor).With("action", filter.Action).With("team", filter.Team);
            var page = await _connection.GetAsync(query.ToString(), AtollJson.Default.AtollPageAuditInfo, cancellation);
            foreach (var entry in page.Items) yield return entry;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private static string? Text(DateTimeOffset? time) => time?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
}
