using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Atoll.Core.Tracing;

namespace Atoll.Server.Http;

/// <summary>
/// Tells a caller who asks (<c>X-Atoll-Trace: 1</c>) where the time of his request went: its spans up to the response's first byte, in a <c>Server-Timing</c> header
/// (https://www.w3.org/TR/server-timing/; milliseconds), which browsers show. A request that does not ask makes no span for it. Threads: any.
/// </summary>
internal sealed class ServerTimings : IDisposable
{
    public const string Asks = "X-Atoll-Trace";
    private const string Silo = "Microsoft.Orleans";
    private const string Answer = "Server-Timing";

    /// <summary>A create has about fifteen. More is a loop, whose first turns say enough.</summary>
    private const int MostSpans = 64;

    private readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<Activity>> _traced = new();
    private readonly ActivityListener _listener;

    public ServerTimings()
    {
        _listener = new ActivityListener
        {
            // The silo's own spans carry the trace from a caller to a grain, and are not shown.
            ShouldListenTo = source => source.Name == AtollTrace.SourceName || source.Name.StartsWith(Silo, StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                !_traced.IsEmpty && _traced.ContainsKey(options.Parent.TraceId) ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.Source.Name == AtollTrace.SourceName && _traced.TryGetValue(span.TraceId, out var spans) && spans.Count < MostSpans) spans.Enqueue(span);
            },
        };
    }

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers[Asks] is not ["1"])
        {
            await next(http);
            return;
        }

        // Listening begins with the first who asks: until then spans cost nothing at all.
        ActivitySource.AddActivityListener(_listener);
        var own = Activity.Current is null ? new Activity("request").Start() : null;
        var trace = Activity.Current!.TraceId;
        var spans = _traced.GetOrAdd(trace, _ => new());
        var started = Stopwatch.GetTimestamp();
        http.Response.OnStarting(() =>
        {
            var total = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            http.Response.Headers[Answer] = string.Join(", ", spans.Select(span => Entry(span.OperationName, span.Duration.TotalMilliseconds)).Append(Entry("total", total)));
            return Task.CompletedTask;
        });
        try
        {
            await next(http);
        }
        finally
        {
            _traced.TryRemove(trace, out _);
            own?.Dispose();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static string Entry(string name, double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{name};dur={milliseconds:0.###}");
}
