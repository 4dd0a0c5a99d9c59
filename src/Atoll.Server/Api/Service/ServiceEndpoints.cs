using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Teams.Audit;
using Atoll.Machine.Doctor;
using Atoll.Server.Http;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Telemetry;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Atoll.Server.Api.Service;

internal static class ServiceEndpoints
{
    /// <summary>Open to everyone who reaches the port: they say how the server is, and nothing about who uses it.</summary>
    public static void MapOpen(IEndpointRouteBuilder app)
    {
        var open = app.MapGroup("").WithTags("service");
        open.MapGet("/healthz", () => TypedResults.Ok(new HealthView("ok"))).WithName("health").WithSummary("The server is alive.");
        open.MapGet("/readyz", Ready).WithName("ready").WithSummary("The server can create sandboxes; 503 says why not.");
        open.MapGet("/metrics", MetricsAsync).WithName("metrics").WithSummary("Figures in Prometheus' text format.");
    }

    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("").WithTags("service");
        group.MapGet("/whoami", (Call call) => TypedResults.Ok(WhoAmIView.Of(call.Caller)))
            .WithName("whoAmI").WithSummary("Whom the presented key belongs to, and what it may do.");
        group.MapGet("/info", Info).WithName("info").WithSummary("Version, isolation kinds and why one is missing, limits, templates.");
        group.MapGet("/doctor", DoctorAsync).WithName("doctor").WithSummary("What the host can do and what is missing, found out by trying: takes a second or more.");
    }

    private static async Task<Ok<DoctorView>> DoctorAsync([FromServices] IDoctor doctor, CancellationToken cancellation) => TypedResults.Ok(DoctorView.From(await doctor.ExamineAsync(cancellation)));

    private static Ok<InfoView> Info(Call call)
    {
        var host = call.Machine.Description;
        return TypedResults.Ok(new InfoView(
            ServerVersion.Text,
            host.Node,
            host.Storage,
            host.Cores,
            host.MemoryBytes,
            [.. host.Isolation.Select(kind => new IsolationView(kind.Kind, kind.Available, kind.Runtime, kind.Missing))],
            new(host.Limits.Cpu, host.Limits.MemoryMiB, host.Limits.DiskMiB, host.Limits.Processes),
            [.. call.Machine.Templates.Select(template => new TemplateView(template.Name, template.SizeBytes, template.BuiltAt, template.User, template.WorkingDirectory))],
            [.. call.Machine.WarmPool.Select(WarmPoolView.Of)]));
    }

    private static Results<Ok<HealthView>, FaultResult> Ready(HttpContext http)
    {
        var life = http.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        if (life.ApplicationStopping.IsCancellationRequested) return NotReady(FaultCode.ShuttingDown, "The server is stopping.");
        if (!life.ApplicationStarted.IsCancellationRequested) return NotReady(FaultCode.CapacityExhausted, "The server is still starting.");
        var machine = http.RequestServices.GetRequiredService<IMachine>();
        if (!machine.Description.Isolation.Any(kind => kind.Available))
            return NotReady(FaultCode.CapacityExhausted, "No kind of isolation works on this host: " + string.Join(" ", machine.Description.Isolation.Select(kind => kind.Missing)));
        return machine.Templates.Count == 0 ? NotReady(FaultCode.CapacityExhausted, "There is no template yet.") : TypedResults.Ok(new HealthView("ok"));
    }

    private static FaultResult NotReady(FaultCode code, string detail) => new(new(code, FaultSide.Host, FaultStage.Admission, detail, "Run atoll-server doctor on the host."));

    private static async Task MetricsAsync(HttpContext http)
    {
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        var services = http.RequestServices;
        var text = MetricsText.Write(
            services.GetRequiredService<RequestMetrics>(), services.GetRequiredService<IMachine>(), services.GetRequiredService<IAuditLog>().Figures, services.GetRequiredService<MeterReader>());
        await http.Response.WriteAsync(text, http.RequestAborted);
    }
}
