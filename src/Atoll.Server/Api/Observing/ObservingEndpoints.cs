using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Observing;

internal static class ObservingEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var sandbox = api.MapGroup("/sandboxes/{id}").WithTags("observing");
        sandbox.MapGet("/logs", ReadLogs.HandleAsync).WithName("readLogs").WithSummary("The sandbox's journal; with follow=true, as server-sent events.");
        sandbox.MapGet("/metrics", UsageAsync).WithName("readMetrics").WithSummary("What the sandbox used between two times; the newest hour is kept.");
        sandbox.MapGet("/events", ReadEvents.OfSandboxAsync).WithName("listSandboxEvents").WithSummary("What happened to one sandbox; with follow=true, as server-sent events.");
        api.MapGet("/events", ReadEvents.OfTeamAsync).WithTags("observing").WithName("listEvents").WithSummary("What happened to the team's sandboxes; with follow=true, as server-sent events.");
    }

    /// <param name="start">RFC 3339.</param>
    /// <param name="end">RFC 3339.</param>
    private static async Task<Results<Ok<Items<UsageView>>, FaultResult>> UsageAsync(string id, Call call, string? start, string? end)
    {
        if (!TimeArgument.Parse("start", start).TryGet(out var from, out var fault)) return new FaultResult(fault);
        if (!TimeArgument.Parse("end", end).TryGet(out var to, out fault)) return new FaultResult(fault);
        if (from > to) return new FaultResult(HttpFaults.Invalid("end", "must not be before start"));
        var usage = await call.Sandboxes.UsageAsync(call.Team, id, from, to, call.Cancellation);
        return usage.TryGet(out var samples, out fault) ? TypedResults.Ok(new Items<UsageView>([.. samples.Select(UsageView.Of)], null)) : new FaultResult(fault);
    }
}
