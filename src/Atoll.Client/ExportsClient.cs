using System.Runtime.CompilerServices;
using Atoll.Client.Checkpoints;
using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>What the team has exported into the server's object store.</summary>
public sealed class ExportsClient
{
    private const string PageSize = "1000";
    private readonly ApiConnection _connection;

    internal ExportsClient(ApiConnection connection) => _connection = connection;

    /// <summary>Newest first, page by page.</summary>
    public async IAsyncEnumerable<StoredExportInfo> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var page = await _connection.GetAsync(new Query("/v1/exports").With("limit", PageSize).With("cursor", cursor).ToString(), AtollJson.Default.AtollPageStoredExportInfo, cancellation);
            foreach (var export in page.Items) yield return export;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>It can be imported no more; what nothing else in the store stands on is freed.</summary>
    /// <param name="key">As the export returned it: <c>exports/CHECKPOINT/DIGEST</c>.</param>
    public Task DeleteAsync(string key, CancellationToken cancellation) => key.Split('/') is ["exports", { Length: > 0 } checkpoint, { Length: > 0 } digest]
        ? _connection.DeleteAsync($"/v1/exports/{Uri.EscapeDataString(checkpoint)}/{Uri.EscapeDataString(digest)}", cancellation)
        : throw new ArgumentException("An export's key is exports/CHECKPOINT/DIGEST.", nameof(key));
}
