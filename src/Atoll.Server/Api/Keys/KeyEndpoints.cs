using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Keys;

internal static class KeyEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("keys");
        keys.MapGet("", ListAsync).WithName("listKeys").WithSummary("The team's API keys, without their secrets.");
        keys.MapPost("", CreateAsync).WithName("createKey").WithSummary("Make an API key; its secret is in the reply and nowhere else.").WithBodyLimit(BodySize.Small);
        keys.MapDelete("/{key}", RevokeAsync).WithName("revokeKey").WithSummary("From the reply on, the key opens nothing.");
    }

    private static async Task<Ok<Items<KeyView>>> ListAsync(Call call) =>
        TypedResults.Ok(new Items<KeyView>([.. (await call.Keys.ListAsync(call.Team, call.Cancellation)).Select(KeyView.Of)], null));

    private static Task<Results<Created<CreatedKeyView>, FaultResult>> CreateAsync(CreateKeyBody body, IdempotencyKey key, Call call) => KeyMaking.RunAsync(call.Team, body, key, call);

    private static async Task<Results<NoContent, FaultResult>> RevokeAsync(string key, Call call) =>
        (await call.Keys.RevokeAsync(call.Team, key, call.Caller, call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();
}
