using Atoll.Server.Http;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>Keep-awake leases.</summary>
internal static class LeaseEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/sandboxes/{id}/leases").WithTags("sandboxes");
        group.MapPost("", TakeAsync).WithName("createLease").WithSummary("Keep the sandbox awake: until the deadline, idleness does nothing to it.").WithBodyLimit(BodySize.Small);
        group.MapGet("", ListAsync).WithName("listLeases").WithSummary("Leases that keep the sandbox awake now.");
        group.MapDelete("/{lease}", GiveBackAsync).WithName("deleteLease").WithSummary("Give a lease back before its deadline.");
    }

    private static async Task<Results<Created<LeaseView>, FaultResult>> TakeAsync(string id, LeaseBody body, Call call)
    {
        if (!double.IsFinite(body.Seconds)) return new FaultResult(HttpFaults.Invalid("seconds", "is too large a number"));
        var taken = await call.Leases.TakeAsync(call.Team, id, body.Seconds, body.Name, call.Cancellation);
        return taken.TryGet(out var lease, out var fault) ? call.Created($"/v1/sandboxes/{id}/leases/{lease.Id}", LeaseView.Of(lease)) : new FaultResult(fault);
    }

    private static async Task<Results<Ok<Items<LeaseView>>, FaultResult>> ListAsync(string id, Call call) =>
        (await call.Leases.ListAsync(call.Team, id, call.Cancellation)).TryGet(out var leases, out var fault)
            ? TypedResults.Ok(new Items<LeaseView>([.. leases.Select(LeaseView.Of)], null))
            : new FaultResult(fault);

    private static async Task<Results<NoContent, FaultResult>> GiveBackAsync(string id, string lease, Call call) =>
        (await call.Leases.GiveBackAsync(call.Team, id, lease, call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();
}
