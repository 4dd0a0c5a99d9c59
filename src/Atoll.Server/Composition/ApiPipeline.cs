using Atoll.Server.Api.Auditing;
using Atoll.Server.Api.Checkpoints;
using Atoll.Server.Api.Code;
using Atoll.Server.Api.Files;
using Atoll.Server.Api.Keys;
using Atoll.Server.Api.Metering;
using Atoll.Server.Api.Observing;
using Atoll.Server.Api.Ports;
using Atoll.Server.Api.Processes;
using Atoll.Server.Api.Sandboxes;
using Atoll.Server.Api.Service;
using Atoll.Server.Api.Teams;
using Atoll.Server.Api.Users;
using Atoll.Server.Api.Volumes;
using Atoll.Server.Http;
using Atoll.Server.Http.Access;
using Atoll.Server.Telemetry;

namespace Atoll.Server.Composition;

internal static class ApiPipeline
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PongWithin = TimeSpan.FromSeconds(60);

    /// <summary>What a request goes through, outermost first. Routing comes early: limits, the log and strictness go by the route.</summary>
    public static void UseAtollApi(this WebApplication app)
    {
        // From here on it listens: what nobody listens to is not counted.
        app.Services.GetRequiredService<MeterReader>();
        app.UseRequestIds();
        app.Use((http, next) => app.Services.GetRequiredService<ServerTimings>().InvokeAsync(http, next));
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<StrictFraming>();
        app.UseIngress();
        app.UseMiddleware<AuditRequests>();
        app.UseMiddleware<Failures>();
        app.UseRouting();
        app.UseMiddleware<RequireKey>();
        app.UseMiddleware<LimitRate>();
        app.UseMiddleware<RequireScope>();
        app.UseMiddleware<EndWithKey>();
        app.UseBodyLimits();
        app.UseMiddleware<StrictRequests>();
        app.UseWebSockets(new() { KeepAliveInterval = PingEvery, KeepAliveTimeout = PongWithin });
        app.MapOpenApi("/openapi/{documentName}.json").ExcludeFromDescription();
        ServiceEndpoints.MapOpen(app);
        var api = app.MapGroup("/v1");
        api.AddEndpointFilter<RouteGroupBuilder, WholeAnswers>();
        ServiceEndpoints.Map(api);
        SandboxEndpoints.Map(api);
        CheckpointEndpoints.Map(api);
        ExportEndpoints.Map(api);
        VolumeEndpoints.Map(api);
        ProcessEndpoints.Map(api);
        CodeEndpoints.Map(api);
        FileEndpoints.Map(api);
        ObservingEndpoints.Map(api);
        PortEndpoints.Map(api);
        TeamEndpoints.Map(api);
        UserEndpoints.Map(api);
        KeyEndpoints.Map(api);
        AuditEndpoints.Map(api);
        MeteringEndpoints.Map(api);
    }
}
