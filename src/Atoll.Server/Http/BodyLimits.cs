using Atoll.Server.Hosting;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Http;

/// <summary>Puts a route's body limit in force before anything of the body is read.</summary>
internal static class BodyLimits
{
    public static RouteHandlerBuilder WithBodyLimit(this RouteHandlerBuilder route, BodySize size) => route.WithMetadata(new Limit(size));

    public static IApplicationBuilder UseBodyLimits(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<IOptions<ServerOptions>>().Value.Limits;
        return app.Use((http, next) =>
        {
            // Kestrel's own limit resets the connection of a client that is still sending, which then never reads why. So the counting is ours, and Kestrel
            // takes what still comes for up to 5 s after the answer.
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
            var size = http.GetEndpoint()?.Metadata.GetMetadata<Limit>()?.Size ?? BodySize.Small;
            if (size is BodySize.Stream) return next(http);
            var most = size is BodySize.Text ? limits.TextBodyBytes : limits.JsonBodyBytes;
            var tooLarge = $"The body of this request may have at most {most} bytes.";
            if (http.Request.ContentLength > most) return new FaultResult(HttpFaults.TooLarge(tooLarge)).ExecuteAsync(http);
            if (http.Request.ContentLength is null) http.Request.Body = new BoundedStream(http.Request.Body, most, tooLarge);
            return next(http);
        });
    }

    private sealed record Limit(BodySize Size);
}
