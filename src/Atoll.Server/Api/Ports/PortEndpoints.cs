using Atoll.Core.Guests;
using Atoll.Core.Ports;
using Atoll.Core.Sandboxes;
using Atoll.Server.Hosting;
using Atoll.Server.Http;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Ports;

internal static class PortEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/sandboxes/{id}/ports").WithTags("ports");
        group.MapGet("", ListAsync).WithName("listPorts").WithSummary("TCP ports that something in the sandbox listens on, and those that are exposed.");
        group.MapPost("/{port}", ExposeAsync).WithName("exposePort").WithSummary("Let a port be reached without a key: with a token, which is made anew each time, or by anybody.").WithBodyLimit(BodySize.Small);
        group.MapDelete("/{port}", CloseAsync).WithName("closePort").WithSummary("Let nobody in without a key any more; connections that are open go on.");
    }

    private static Task<Results<Ok<Items<PortView>>, FaultResult>> ListAsync(string id, Call call) =>
        call.InAsync(id, async sandbox => (await sandbox.Guest.ListPortsAsync(call.Cancellation)).Map(ports => new Items<PortView>(Views(sandbox.Sandbox, ports, call.Urls), null)));

    private static async Task<Results<Ok<OpenedPortView>, FaultResult>> ExposeAsync(string id, int port, ExposePortBody? body, Call call)
    {
        var exposed = await call.Get<IPorts>().ExposeAsync(call.Team, id, port, new(body?.Public ?? false, body?.TtlSeconds ?? 0), call.Cancellation);
        if (!exposed.TryGet(out var opened, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Sandbox = opened.Sandbox;

        // It has a token in it.
        call.Http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(OpenedPortView.Of(opened, call.Urls));
    }

    private static async Task<Results<NoContent, FaultResult>> CloseAsync(string id, int port, Call call)
    {
        var closed = await call.Get<IPorts>().CloseAsync(call.Team, id, port, call.Cancellation);
        if (!closed.TryGet(out var sandbox, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Sandbox = sandbox.Id;
        return TypedResults.NoContent();
    }

    private static List<PortView> Views(Sandbox sandbox, IReadOnlyList<ListeningPort> listening, PortUrls urls) =>
    [
        .. listening.Select(port => new PortView(port.Port, port.Address, port.Pid, port.Command, urls.Of(sandbox.Id, port.Port), ExposureView.Of(urls.Find(sandbox, port.Port)))),
        .. urls.Open(sandbox).Except(listening.Select(port => port.Port)).Select(port => new PortView(port, null, null, null, urls.Of(sandbox.Id, port), ExposureView.Of(urls.Find(sandbox, port)))),
    ];
}
