using Atoll.Core.Teams;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Http;

/// <summary>One line for each request, with ids only: the route's template and never the path, query, headers or bodies, which hold what users work on.</summary>
internal sealed partial class RequestLog(RequestDelegate next, RequestMetrics metrics, TimeProvider time, ILogger<RequestLog> log)
{
    // Nginx' status for a client that went away before its answer: never sent, only counted.
    private const int ClientGone = 499;

    public async Task InvokeAsync(HttpContext http)
    {
        metrics.Begin();
        var started = time.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            var took = time.GetElapsedTime(started);
            var status = http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted ? ClientGone : http.Response.StatusCode;
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? RequestNotes.Of(http).Route ?? "(none)";
            var method = http.GetEndpoint() is null ? "(any)" : http.Request.Method;
            metrics.End(route, method, status, took);
            Request(
                status >= 500 ? LogLevel.Warning : LogLevel.Information,
                method,
                route,
                status,
                Math.Round(took.TotalMilliseconds, 2),
                ProblemWriter.CodeOf(http),
                RequestNotes.Of(http).Sandbox?.Value,
                http.Features.Get<KeyHolder>()?.KeyId,
                http.TraceIdentifier);
        }
    }

    [LoggerMessage(EventId = 4000, EventName = "request", Message = "{Method} {Route} {Status} in {Ms} ms {Code} {Sandbox} {Key} {RequestId}")]
    private partial void Request(LogLevel level, string method, string route, int status, double ms, string? code, string? sandbox, string? key, string requestId);
}
