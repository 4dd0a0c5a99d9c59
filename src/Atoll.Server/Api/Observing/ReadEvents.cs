using System.Globalization;
using Atoll.Core.Sandboxes;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Observing;

internal static class ReadEvents
{
    /// <param name="cursor">Events after this sequence number; left out, from the oldest kept.</param>
    /// <param name="follow">Stay, and send events as server-sent events (id: the sequence number).</param>
    public static Task<Results<Ok<Items<EventView>>, EventStream, FaultResult>> OfTeamAsync(Call call, string? cursor, bool? follow, int? limit) =>
        ReadAsync(call, null, cursor, follow ?? false, limit);

    /// <param name="cursor">Events after this sequence number; left out, from the oldest kept.</param>
    /// <param name="follow">Stay, and send events as server-sent events (id: the sequence number).</param>
    public static async Task<Results<Ok<Items<EventView>>, EventStream, FaultResult>> OfSandboxAsync(string id, Call call, string? cursor, bool? follow, int? limit)
    {
        var found = await call.Sandboxes.GetAsync(call.Team, id, call.Cancellation);
        return found.TryGet(out var sandbox, out var fault) ? await ReadAsync(call, sandbox.Id, cursor, follow ?? false, limit) : new FaultResult(fault);
    }

    private static async Task<Results<Ok<Items<EventView>>, EventStream, FaultResult>> ReadAsync(Call call, SandboxId? sandbox, string? cursor, bool follow, int? limit)
    {
        if (!PageArguments.Sequence(call.Http, cursor).TryGet(out var after, out var fault)) return new FaultResult(fault);
        if (PageArguments.CheckLimit(limit) is { } wrong) return new FaultResult(wrong);
        if (follow)
        {
            var happening = call.Events.FollowAsync(call.Team, sandbox, after, call.Cancellation);
            return new EventStream((events, over) => events.PumpAsync(
                happening, happened => events.Write(happened.Type, happened.Sequence, EventView.Of(happened), ObservingJson.Wire.EventView), over));
        }

        var most = limit ?? PageArguments.DefaultLimit;
        var listed = await call.Events.ListAsync(call.Team, sandbox, after, most, call.Cancellation);
        var next = listed.Count == most ? listed[^1].Sequence.ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Ok(new Items<EventView>([.. listed.Select(EventView.Of)], next));
    }
}
