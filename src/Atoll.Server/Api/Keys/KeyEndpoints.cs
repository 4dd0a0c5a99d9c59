using System.Text;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Keys;

internal static class KeyEndpoints
{
    private const int MaxName = 100;

    public static void Map(RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("keys");
        keys.MapGet("", ListAsync).WithName("listKeys").WithSummary("The team's API keys, without their secrets.");
        keys.MapPost("", CreateAsync).WithName("createKey").WithSummary("Make an API key; its secret is in the reply and nowhere else.").WithBodyLimit(BodySize.Small);
        keys.MapDelete("/{key}", RevokeAsync).WithName("revokeKey").WithSummary("From the reply on, the key opens nothing.");
    }

    private static async Task<Ok<Items<KeyView>>> ListAsync(Call call) =>
        TypedResults.Ok(new Items<KeyView>([.. (await call.Teams.ListKeysAsync(call.Team, call.Cancellation)).Select(KeyView.Of)], null));

    private static async Task<Results<Created<CreatedKeyView>, FaultResult>> CreateAsync(CreateKeyBody body, IdempotencyKey key, Call call)
    {
        if (body.Name.Trim().Length is 0 or > MaxName || body.Name.Any(char.IsControl)) return new FaultResult(HttpFaults.Invalid("name", "must be 1 to 100 characters"));
        var made = await call.Get<Idempotency>().RunAsync($"keys {call.Team}", key, Encoding.UTF8.GetBytes(body.Name), () => call.Teams.CreateKeyAsync(call.Team, body.Name, call.Cancellation));
        if (!made.TryGet(out var created, out var fault)) return new FaultResult(fault);
        call.Http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/v1/keys/{created.Key.Id}", new CreatedKeyView(created.Key.Id, created.Key.Name, created.Key.Prefix, created.Key.CreatedAt, created.Secret));
    }

    private static async Task<Results<NoContent, FaultResult>> RevokeAsync(string key, Call call) =>
        (await call.Teams.RevokeKeyAsync(call.Team, key, call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();
}
