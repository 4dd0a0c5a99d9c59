using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Atoll.Testing.Server;

/// <summary>A server-sent event.</summary>
public sealed record ServerEvent(string Name, string? Id, JsonNode Data)
{
    public string Text(string field) => (string)Data[field]!;
}

public static class ServerEvents
{
    /// <summary>Asks for a stream and reads it to its end; the caller stops earlier by leaving the loop.</summary>
    public static async IAsyncEnumerable<ServerEvent> FollowAsync(this Api api, string path, [EnumeratorCancellation] CancellationToken cancellation, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        using var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, response.StatusCode == HttpStatusCode.OK ? "" : await response.Content.ReadAsStringAsync(cancellation));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        await foreach (var item in SseParser.Create(stream, (_, data) => data.Length == 0 ? null : JsonNode.Parse(data)).EnumerateAsync(cancellation))
        {
            if (item.Data is not null) yield return new ServerEvent(item.EventType, item.EventId, item.Data);
        }
    }

    /// <summary>What a process wrote, from an offset to its end, with its exit event.</summary>
    public static async Task<(string Stdout, string Stderr, ServerEvent Exit)> ReadToExitAsync(this Api api, string output, CancellationToken cancellation, string? lastEventId = null)
    {
        var texts = new Dictionary<string, string> { ["stdout"] = "", ["stderr"] = "" };
        await foreach (var happened in api.FollowAsync(output, cancellation, lastEventId))
        {
            if (happened.Name == "exit") return (texts["stdout"], texts["stderr"], happened);
            Assert.True(texts.ContainsKey(happened.Name), $"{happened.Name}: {happened.Data.ToJsonString()}");
            texts[happened.Name] += happened.Text("data");
        }

        throw new InvalidOperationException($"{output} ended without an exit event.");
    }
}
