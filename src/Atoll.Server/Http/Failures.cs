using System.Text.Json;
using System.Text.RegularExpressions;
using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Atoll.Server.Http;

/// <summary>
/// The last word on every failure: what no handler turned into an answer becomes a problem here, and so do the framework's own bare statuses (no such route, wrong method,
/// wrong media type). A bug is a 500 with the request's id; its stack goes to the log only.
/// </summary>
internal sealed partial class Failures(RequestDelegate next, TimeProvider time, ILogger<Failures> log)
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromMilliseconds(250);

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode >= 400 && http.Response.ContentType is null && http.Response.ContentLength is null)
                await ProblemWriter.WriteAsync(http, OfStatus(http));
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException && GrantEnd.Of(http).Reason is not null && !http.RequestAborted.IsCancellationRequested)
        {
            if (http.Response.HasStarted) http.Abort();
            else await PutOutAsync(http, GrantEnd.Of(http).Reason!);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; whatever that broke on the way is no failure of ours.
        }
        catch (RefusedException refused) when (!http.Response.HasStarted)
        {
            await new FaultResult(refused.Fault).ExecuteAsync(http);
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            await ProblemWriter.WriteAsync(http, OfBadRequest(bad));
        }
        catch (Exception failure) when (!http.Response.HasStarted && HostShortage.Explain(failure) is { } shortage)
        {
            Short(http.TraceIdentifier, shortage.Detail);
            await new FaultResult(shortage).ExecuteAsync(http);
        }
        catch (Exception failure)
        {
            Unexpected(failure, http.TraceIdentifier);
            if (http.Response.HasStarted) http.Abort();
            else await ProblemWriter.WriteAsync(http, Internal());
        }
    }

    /// <summary>Answers a client whose key has ended meanwhile. One that is still sending would be listened to for five seconds more: it has a moment to read why, and is cut off.</summary>
    private async Task PutOutAsync(HttpContext http, Fault reason)
    {
        http.Response.Headers[HeaderNames.Connection] = "close";
        await new FaultResult(reason).ExecuteAsync(http);
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }) return;
        await http.Response.CompleteAsync();
        await Task.Delay(Goodbye, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Abort();
    }

    private static Problem Internal() =>
        Problem.Of(500, "internal_error", "Something went wrong in the server that should not have.", "The server's log has the details under this request id.");

    private static Problem OfStatus(HttpContext http) => http.Response.StatusCode switch
    {
        404 => Problem.Of(404, "not_found", "There is no such route.", "See /openapi/v1.json for those there are."),
        405 => Problem.Of(405, "method_not_allowed", $"This route does not take {http.Request.Method}.", http.Response.Headers.Allow.Count > 0 ? $"It takes {http.Response.Headers.Allow}." : null),
        400 => Problem.Of(HttpFaults.Invalid("The body ended before its announced end, or is malformed.")),
        408 or 504 => Problem.Of(408, "request_timeout", "The body came too slowly or not at all."),
        413 => Problem.Of(HttpFaults.TooLarge("The body is larger than this route takes.")),
        415 => Problem.Of(415, "unsupported_media_type", "The body must be JSON.", "Send Content-Type: application/json."),
        var status => Problem.Of(status, "http_" + status.ToString(System.Globalization.CultureInfo.InvariantCulture), "The request cannot be served."),
    };

    private static Problem OfBadRequest(BadHttpRequestException bad)
    {
        if (bad.InnerException is JsonException mistake) return Problem.Of(JsonMistake.Describe(mistake));
        return bad.StatusCode switch
        {
            408 => Problem.Of(408, "request_timeout", "The body came too slowly or not at all."),
            413 => Problem.Of(HttpFaults.TooLarge("The body is larger than this route takes.")),
            415 => Problem.Of(415, "unsupported_media_type", "The body must be JSON.", "Send Content-Type: application/json."),
            _ when Parameter().Match(bad.Message) is { Success: true } value => Problem.Of(HttpFaults.Invalid(value.Groups[2].Value, $"must be {TypeWord(value.Groups[1].Value)}")),
            _ when bad.Message.Contains("from body", StringComparison.Ordinal) || bad.Message.Contains("no body", StringComparison.Ordinal)
                => Problem.Of(HttpFaults.Invalid("The body is missing.")),
            _ => Problem.Of(new Fault(FaultCode.InvalidRequest, FaultSide.Caller, FaultStage.Request, "The request is malformed.")),
        };
    }

    private static string TypeWord(string type) => type switch
    {
        _ when type.Contains("int", StringComparison.Ordinal) || type.Contains("Int", StringComparison.Ordinal) || type.Contains("long", StringComparison.Ordinal) => "one whole number in range",
        _ when type.Contains("ool", StringComparison.Ordinal) => "true or false",
        _ => "given once, in its form",
    };

    // The framework's words for a value of the query or route that is not of its parameter's type: Failed to bind parameter "Nullable<int> limit" from "x".
    [GeneratedRegex("""^Failed to bind parameter "(.+) (\w+)" from""", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Parameter();

    [LoggerMessage(4002, LogLevel.Error, "A request could not be served: {RequestId}: {Detail}", EventName = "shortage")]
    private partial void Short(string requestId, string detail);

    [LoggerMessage(4001, LogLevel.Error, "A request failed unexpectedly: {RequestId}", EventName = "unexpected")]
    private partial void Unexpected(Exception failure, string requestId);
}
