using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Server.Http.Access;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Auditing;

internal static class AuditEndpoints
{
    private const string EveryTeam = "all";

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/audit", ListAsync).WithTags("audit").WithName("listAudit").WithSummary("Who changed what and from where, newest first; refused requests too.");

    /// <param name="since">From this time on: RFC 3339.</param>
    /// <param name="until">Before this time: RFC 3339.</param>
    /// <param name="actor">Only of this key or user, by id.</param>
    /// <param name="action">Only this operation, by its id in this document.</param>
    /// <param name="team">For operators: another team's, by id or name, or <c>all</c>, which has also what came without a valid key.</param>
    private static async Task<Results<Ok<Items<AuditView>>, FaultResult>> ListAsync(
        Call call, string? since, string? until, string? actor, string? action, string? team, int? limit, string? cursor)
    {
        if (PageArguments.CheckLimit(limit) is { } wrong) return new FaultResult(wrong);
        if (!TimeArgument.Parse("since", since).TryGet(out var from, out var fault)) return new FaultResult(fault);
        if (!TimeArgument.Parse("until", until).TryGet(out var to, out fault)) return new FaultResult(fault);
        if (!(await TeamAsync(call, team)).TryGet(out var of, out fault)) return new FaultResult(fault);
        AuditQuery query = new(of.Team, from, to, actor, action, limit ?? PageArguments.DefaultLimit, cursor);
        var read = await call.Get<IAuditLog>().ReadAsync(query, call.Cancellation);
        return read.TryGet(out var page, out fault) ? TypedResults.Ok(new Items<AuditView>([.. page.Entries.Select(AuditView.Of)], page.NextCursor)) : new FaultResult(fault);
    }

    private static async Task<Result<(TeamId? Team, bool Found)>> TeamAsync(Call call, string? team)
    {
        if (team is null || team == call.Team.Value) return (call.Team, true);
        if (!call.Caller.May(KeyScopes.Operator)) return RequireScope.Lacking(call.Caller, KeyScopes.Operator);
        if (team == EveryTeam) return ((TeamId?)null, true);
        var found = await call.Teams.FindAsync(team, call.Cancellation);
        if (found.TryGet(out var other, out var fault)) return ((TeamId?)other.Id, true);

        // A removed team's entries stay; only by its id, as its name may be another's now.
        return team.StartsWith("team_", StringComparison.Ordinal) ? ((TeamId?)new TeamId(team), true) : fault;
    }
}
