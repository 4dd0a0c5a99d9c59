using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Atoll.Client.Checkpoints;
using Atoll.Client.Http;
using Atoll.Client.Wire;

namespace Atoll.Client;

/// <summary>A long operation as server-sent events: <c>progress</c>, then <c>done</c> or <c>error</c>.</summary>
internal static class TransferStream
{
    public const string EventType = "text/event-stream";

    public static async Task<T> FollowAsync<T>(ApiConnection connection, HttpResponseMessage response, JsonTypeInfo<T> type, Action<TransferInfo>? progress, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            await foreach (var happened in SseParser.Create(stream).EnumerateAsync(cancellation))
            {
                switch (happened.EventType)
                {
                    case "progress" when JsonSerializer.Deserialize(happened.Data, AtollJson.Default.TransferInfo) is { } now:
                        progress?.Invoke(now);
                        break;
                    case "done":
                        return JsonSerializer.Deserialize(happened.Data, type) ?? throw connection.Lost(null);
                    case "error":
                        throw EventStream.Problem(happened.Data);
                }
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException)
        {
            throw connection.Lost(broken);
        }

        throw connection.Lost(null);
    }
}
