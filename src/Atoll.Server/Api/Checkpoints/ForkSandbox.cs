using System.Text.Json;
using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Server.Api.Sandboxes;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Checkpoints;

internal static class ForkSandbox
{
    public static Task<Results<Created<ForkView>, FaultResult>> OfSandboxAsync(string id, Call call, IdempotencyKey key, ForkBody? body) =>
        RunAsync($"fork {call.Team} {id}", call, key, body ?? new(), request => call.Checkpoints.ForkSandboxAsync(call.Team, id, request, call.Cancellation));

    public static Task<Results<Created<ForkView>, FaultResult>> OfCheckpointAsync(string id, Call call, IdempotencyKey key, ForkBody? body) =>
        RunAsync($"fork {call.Team} {id}", call, key, body ?? new(), request => call.Checkpoints.ForkAsync(call.Team, id, request, call.Cancellation));

    private static async Task<Results<Created<ForkView>, FaultResult>> RunAsync(string scope, Call call, IdempotencyKey key, ForkBody body, Func<ForkRequest, Task<Result<Forked>>> fork)
    {
        if (!SandboxBodies.ToRequest(body.ToCreate()).TryGet(out var sandbox, out var fault)) return new FaultResult(fault);
        var sent = JsonSerializer.SerializeToUtf8Bytes(body, CheckpointsJson.Wire.ForkBody);
        var made = await call.Get<Idempotency>().RunAsync(scope, key, sent, () => fork(new(body.Count ?? 1, body.Kind, sandbox)));
        if (!made.TryGet(out var forked, out fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Target = forked.Checkpoint.Value;
        return TypedResults.Created($"/v1/checkpoints/{forked.Checkpoint}", ForkView.Of(forked));
    }
}
