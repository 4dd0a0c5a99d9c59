using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Atoll.Client.Events;
using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>What happened to the team's sandboxes, in order.</summary>
public sealed class EventsClient
{
    private readonly ApiConnection _connection;

    internal EventsClient(ApiConnection connection) => _connection = connection;

    /// <summary>Events after a sequence number, oldest first, page by page.</summary>
    /// <param name="sandbox">Of this sandbox only, by id or name.</param>
    public async IAsyncEnumerable<SandboxEventInfo> ListAsync(string? sandbox, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = after == 0 ? null : Text(after);
        do
        {
            var page = await _connection.GetAsync(new Query(Path(sandbox)).With("cursor", cursor).ToString(), AtollJson.Default.AtollPageSandboxEventInfo, cancellation);
            foreach (var item in page.Items) yield return item;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>The same, then new ones as they happen until cancelled.</summary>
    public async IAsyncEnumerable<SandboxEventInfo> FollowAsync(string? sandbox, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in EventStream.ReadAsync(_connection, last => new Query(Path(sandbox)).With("cursor", last ?? (after == 0 ? null : Text(after))).With("follow", "true").ToString(), cancellation))
        {
            if (JsonSerializer.Deserialize(item.Data, AtollJson.Default.SandboxEventInfo) is { } happened) yield return happened;
        }
    }

    private static string Path(string? sandbox) => sandbox is null ? "/v1/events" : Query.Sandbox(sandbox, "/events");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
