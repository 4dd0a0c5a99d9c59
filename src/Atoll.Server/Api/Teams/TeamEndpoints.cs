using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Core.Teams;
using Atoll.Server.Api.Keys;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Teams;

internal static class TeamEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/team", OwnAsync).WithTags("teams").WithName("getTeam").WithSummary("The key's own team: its quota and what it uses of it.");
        var teams = api.MapGroup("/teams").WithTags("teams");
        teams.MapGet("", ListAsync).WithName("listTeams").WithSummary("Every team of the installation.");
        teams.MapPost("", CreateAsync).WithName("createTeam").WithSummary("Make a team; it has no key yet.").WithBodyLimit(BodySize.Small);
        teams.MapGet("/{team}", GetAsync).WithName("getAnyTeam").WithSummary("One team, by id or name.");
        teams.MapPatch("/{team}", UpdateAsync).WithName("updateTeam").WithSummary("Rename a team, or set its quota.").WithBodyLimit(BodySize.Small);
        teams.MapDelete("/{team}", RemoveAsync).WithName("removeTeam").WithSummary("Remove an empty team, with its users and keys.");
        teams.MapGet("/{team}/keys", ListKeysAsync).WithName("listTeamKeys").WithSummary("A team's API keys, without their secrets.");
        teams.MapDelete("/{team}/keys/{key}", RevokeKeyAsync).WithName("revokeTeamKey").WithSummary("From the reply on, the team's key opens nothing.");
        teams.MapPost("/{team}/keys", CreateKeyAsync).WithName("createTeamKey").WithSummary("Make an API key of a team, its first one for instance.").WithBodyLimit(BodySize.Small);
    }

    private static async Task<Results<Ok<TeamView>, FaultResult>> OwnAsync(Call call) => Answer(await call.Teams.FindAsync(call.Team.Value, call.Cancellation));

    private static async Task<Ok<Items<TeamView>>> ListAsync(Call call) => TypedResults.Ok(new Items<TeamView>([.. (await call.Teams.ListAsync(call.Cancellation)).Select(TeamView.Of)], null));

    private static async Task<Results<Ok<TeamView>, FaultResult>> GetAsync(string team, Call call) => Answer(await call.Teams.FindAsync(team, call.Cancellation));

    private static async Task<Results<Created<TeamView>, FaultResult>> CreateAsync(CreateTeamBody body, IdempotencyKey key, Call call)
    {
        var request = JsonSerializer.SerializeToUtf8Bytes(body, TeamsJson.Wire.CreateTeamBody);
        var made = await call.Get<Idempotency>().RunAsync($"teams {call.Team}", key, request, () => call.Teams.CreateAsync(body.Name, Update(null, body.Quota), call.Cancellation));
        if (!made.TryGet(out var team, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Target = team.Id.Value;
        return TypedResults.Created($"/v1/teams/{team.Id}", TeamView.Of(team));
    }

    private static async Task<Results<Ok<TeamView>, FaultResult>> UpdateAsync(string team, UpdateTeamBody body, Call call) =>
        Answer(await call.Teams.UpdateAsync(team, Update(body.Name, body.Quota), call.Cancellation));

    private static async Task<Results<NoContent, FaultResult>> RemoveAsync(string team, Call call)
    {
        if (team == call.Team.Value || team == call.Caller.TeamName) return new FaultResult(OwnTeam);
        return (await call.Teams.RemoveAsync(team, call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();
    }

    private static async Task<Results<Created<CreatedKeyView>, FaultResult>> CreateKeyAsync(string team, CreateKeyBody body, IdempotencyKey key, Call call)
    {
        var found = await call.Teams.FindAsync(team, call.Cancellation);
        return found.TryGet(out var of, out var fault) ? await KeyMaking.RunAsync(of.Id, body, key, call) : new FaultResult(fault);
    }

    private static async Task<Results<Ok<Items<KeyView>>, FaultResult>> ListKeysAsync(string team, Call call)
    {
        var found = await call.Teams.FindAsync(team, call.Cancellation);
        if (!found.TryGet(out var of, out var fault)) return new FaultResult(fault);
        return TypedResults.Ok(new Items<KeyView>([.. (await call.Keys.ListAsync(of.Id, call.Cancellation)).Select(KeyView.Of)], null));
    }

    private static async Task<Results<NoContent, FaultResult>> RevokeKeyAsync(string team, string key, Call call)
    {
        var found = await call.Teams.FindAsync(team, call.Cancellation);
        if (!found.TryGet(out var of, out var fault)) return new FaultResult(fault);
        return (await call.Keys.RevokeAsync(of.Id, key, call.Caller, call.Cancellation)).Fault is { } refused ? new FaultResult(refused) : TypedResults.NoContent();
    }

    private static Fault OwnTeam { get; } = new(
        FaultCode.Forbidden, FaultSide.Caller, FaultStage.Request, "A key cannot remove its own team, and itself with it.", "Use an operator's key of another team.");

    private static TeamUpdate Update(string? name, QuotaBody? quota) => new(name, quota?.Sandboxes, quota?.Cpu, quota?.MemoryMiB, quota?.DiskMiB, quota?.CreatesPerMinute);

    private static Results<Ok<TeamView>, FaultResult> Answer(Result<Team> result) => result.TryGet(out var team, out var fault) ? TypedResults.Ok(TeamView.Of(team)) : new FaultResult(fault);
}
