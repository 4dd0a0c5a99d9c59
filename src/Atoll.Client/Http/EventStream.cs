using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Atoll.Client.Wire;

namespace Atoll.Client.Http;

/// <summary>
/// Server-sent events that go on after a broken connection, and after one that a stopping server ended: each attempt asks from the last event id seen. Attempts wait
/// 0.1 s, then double up to 5 s; a minute without a server ends them. An <c>error</c> event carries the problem that ended the stream for good.
/// </summary>
internal static class EventStream
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(1);

    /// <param name="path">The path to ask for, from the last event id on (null at first).</param>
    public static async IAsyncEnumerable<SseItem<string>> ReadAsync(ApiConnection connection, Func<string?, string> path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? last = null;
        var wait = FirstWait;
        long? brokenSince = null;
        var connected = false;
        while (true)
        {
            Exception? failure = null;
            HttpResponseMessage? response = null;
            try
            {
                response = await connection.SendAsync(HttpMethod.Get, path(last), null, cancellation, accept: "text/event-stream");
            }
            catch (AtollException unreachable) when (unreachable.Code == AtollCodes.Unreachable && connected)
            {
                failure = unreachable;
            }

            if (response is not null)
            {
                (connected, brokenSince) = (true, null);
                using (response)
                await using (var body = await response.Content.ReadAsStreamAsync(cancellation))
                await using (var events = SseParser.Create(body).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation))
                {
                    while (true)
                    {
                        try
                        {
                            if (!await events.MoveNextAsync()) break;
                        }
                        catch (Exception broken) when (broken is IOException or HttpRequestException)
                        {
                            failure = broken;
                            break;
                        }

                        wait = FirstWait;
                        if (events.Current.EventType == "error") throw Problem(events.Current.Data);
                        if (events.Current.EventId is { Length: > 0 } id) last = id;
                        yield return events.Current;
                    }
                }
            }

            brokenSince ??= connection.Time.GetTimestamp();
            if (connection.Time.GetElapsedTime(brokenSince.Value) > GiveUpAfter) throw connection.Lost(failure);
            await Task.Delay(wait, connection.Time, cancellation);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    public static AtollException Problem(string data)
    {
        try
        {
            var problem = JsonSerializer.Deserialize(data, WireJson.Default.ProblemReply);
            return new(problem?.Code ?? AtollCodes.UnexpectedReply, problem?.Detail ?? "The stream ended with a failure.", problem?.Hint);
        }
        catch (JsonException failure)
        {
            return new(AtollCodes.UnexpectedReply, "The stream ended with a failure that this client does not understand.", inner: failure);
        }
    }
}
