using System.Text.Json;
using Atoll.Core.Teams;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Users;

internal static class UserEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var users = api.MapGroup("/team/users").WithTags("teams");
        users.MapGet("", ListAsync).WithName("listUsers").WithSummary("The team's users.");
        users.MapPost("", CreateAsync).WithName("createUser").WithSummary("Add a user to the team; keys are made for it by name.").WithBodyLimit(BodySize.Small);
        users.MapPatch("/{user}", UpdateAsync).WithName("updateUser").WithSummary("Change a user's role, in force at once.").WithBodyLimit(BodySize.Small);
        users.MapDelete("/{user}", RemoveAsync).WithName("removeUser").WithSummary("Remove a user; from the reply on, none of its keys opens anything.");
    }

    private static async Task<Ok<Items<UserView>>> ListAsync(Call call) =>
        TypedResults.Ok(new Items<UserView>([.. (await call.Users.ListAsync(call.Team, call.Cancellation)).Select(UserView.Of)], null));

    private static async Task<Results<Created<UserView>, FaultResult>> CreateAsync(CreateUserBody body, IdempotencyKey key, Call call)
    {
        var request = JsonSerializer.SerializeToUtf8Bytes(body, UsersJson.Wire.CreateUserBody);
        var made = await call.Get<Idempotency>().RunAsync(
            $"users {call.Team}", key, request, () => call.Users.CreateAsync(call.Team, body.Name, body.Email, body.Role ?? UserRole.Member, call.Cancellation));
        if (!made.TryGet(out var user, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Target = user.Id;
        return TypedResults.Created($"/v1/team/users/{user.Id}", UserView.Of(user));
    }

    private static async Task<Results<Ok<UserView>, FaultResult>> UpdateAsync(string user, UpdateUserBody body, Call call)
    {
        var changed = await call.Users.ChangeRoleAsync(call.Team, user, body.Role, call.Caller, call.Cancellation);
        return changed.TryGet(out var after, out var fault) ? TypedResults.Ok(UserView.Of(after)) : new FaultResult(fault);
    }

    private static async Task<Results<NoContent, FaultResult>> RemoveAsync(string user, Call call) =>
        (await call.Users.RemoveAsync(call.Team, user, call.Caller, call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();
}
