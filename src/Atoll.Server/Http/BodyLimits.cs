using Atoll.Server.Hosting;
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
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            {
                feature.MaxRequestBodySize = http.GetEndpoint()?.Metadata.GetMetadata<Limit>()?.Size switch
                {
                    BodySize.Text => limits.TextBodyBytes,
                    BodySize.Stream => null,
                    _ => limits.JsonBodyBytes,
                };
            }

            return next(http);
        });
    }

    private sealed record Limit(BodySize Size);
}
