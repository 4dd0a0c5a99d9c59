using System.Reflection;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Atoll.Server.Http.Streams;

/// <summary>
/// Server-sent events as the answer. A stream that breaks off ends with an <c>error</c> event that carries a problem, unless the server is stopping: then it just ends, and the
/// client's next attempt goes on from the last event id.
/// </summary>
internal sealed class EventStream(Func<EventWriter, CancellationToken, Task> write) : GuestStream, IEndpointMetadataProvider
{
    public const string ContentType = "text/event-stream";

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(200, typeof(string), [ContentType]));

    protected override async Task SendAsync(HttpContext http, CancellationToken over)
    {
        http.Response.ContentType = ContentType;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var events = new EventWriter(http.Response.BodyWriter, http.RequestServices.GetRequiredService<TimeProvider>());
        Exception? broken = null;
        try
        {
            await http.Response.StartAsync(over);
            await events.FlushAsync(over);
            await write(events, over);
            return;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested || HasEnded)
        {
        }
        catch (IOException failure) when (!http.RequestAborted.IsCancellationRequested)
        {
            broken = failure;
        }

        if (http.RequestAborted.IsCancellationRequested || WhyBroken(broken) is not { } fault) return;
        events.Write("error", null, Problem.Of(fault) with { RequestId = http.TraceIdentifier }, ProblemJson.Wire.Problem);
        await events.FlushAsync(http.RequestAborted);
    }
}
