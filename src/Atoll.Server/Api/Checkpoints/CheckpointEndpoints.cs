using System.Text.Json;
using Atoll.Core.Checkpoints;
using Atoll.Server.Api.Sandboxes;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Checkpoints;

internal static class CheckpointEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var sandbox = api.MapGroup("/sandboxes/{id}").WithTags("checkpoints");
        sandbox.MapPost("/checkpoints", CreateAsync).WithName("createCheckpoint").WithSummary("Save the sandbox as it is; it goes on running.").WithBodyLimit(BodySize.Small);
        sandbox.MapGet("/checkpoints", ListOfSandboxAsync).WithName("listSandboxCheckpoints").WithSummary("One sandbox's checkpoints, newest first; also of one that has ended.");
        sandbox.MapPost("/restore", RestoreAsync).WithName("restoreSandbox").WithSummary("Put the sandbox back to a checkpoint; answers when it runs again.").WithBodyLimit(BodySize.Small);
        sandbox.MapPost("/fork", ForkSandbox.OfSandboxAsync).WithName("forkSandbox").WithSummary("Make new sandboxes of this one as it is now; a result or an error for each.").WithBodyLimit(BodySize.Small);
        var group = api.MapGroup("/checkpoints").WithTags("checkpoints");
        group.MapGet("", ListAsync).WithName("listCheckpoints").WithSummary("The team's checkpoints, newest first.");
        group.MapGet("/{id}", GetAsync).WithName("getCheckpoint").WithSummary("One checkpoint.");
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteCheckpoint").WithSummary("Delete a checkpoint; those after it stay restorable.");
        group.MapGet("/{id}/diff", DiffAsync).WithName("diffCheckpoint").WithSummary("Which paths were added, changed and removed since, up to another checkpoint or to a sandbox as it is now.");
        group.MapPost("/{id}/fork", ForkSandbox.OfCheckpointAsync).WithName("forkCheckpoint").WithSummary("Make new sandboxes from a checkpoint; a result or an error for each.").WithBodyLimit(BodySize.Small);
        group.MapPost("/{id}/export", MoveCheckpoint.ExportAsync).WithName("exportCheckpoint").WithBodyLimit(BodySize.Small).Produces<ExportView>(StatusCodes.Status200OK, "application/json", EventStream.ContentType)
            .WithSummary("Put a checkpoint into the object store; what is there already is not sent again. With Accept: text/event-stream: progress, then done or error.");
        group.MapGet("/{id}/archive", MoveCheckpoint.DownloadAsync).WithName("downloadCheckpoint").WithSummary("A checkpoint as one file, which any server can import.");
        group.MapPost("/import", MoveCheckpoint.ImportAsync).WithName("importCheckpoint").WithBodyLimit(BodySize.Stream).Accepts<ImportBody>("application/json", MoveCheckpoint.ArchiveType)
            .Produces<CheckpointView>(StatusCodes.Status201Created, "application/json", EventStream.ContentType)
            .WithSummary("Make a checkpoint from an export in the object store, or from an archive as the body. With Accept: text/event-stream: progress, then done or error.");
    }

    private static async Task<Results<Created<CheckpointView>, FaultResult>> CreateAsync(string id, Call call, IdempotencyKey key, CreateCheckpointBody? body)
    {
        body ??= new();
        var sent = JsonSerializer.SerializeToUtf8Bytes(body, CheckpointsJson.Wire.CreateCheckpointBody);
        var made = await call.Get<Idempotency>().RunAsync(
            $"checkpoints {call.Team} {id}", key, sent, () => call.Checkpoints.CreateAsync(call.Team, id, new(body.Kind ?? CheckpointKind.Disk, body.Name, body.Comment), call.Cancellation));
        if (!made.TryGet(out var checkpoint, out var fault)) return new FaultResult(fault);
        (RequestNotes.Of(call.Http).Sandbox, RequestNotes.Of(call.Http).Target) = (checkpoint.Sandbox, checkpoint.Id.Value);
        return call.Created($"/v1/checkpoints/{checkpoint.Id}", CheckpointView.Of(checkpoint));
    }

    private static Task<Results<Ok<Items<CheckpointView>>, FaultResult>> ListOfSandboxAsync(string id, Call call, int? limit, string? cursor) => PageAsync(call, id, limit, cursor);

    private static Task<Results<Ok<Items<CheckpointView>>, FaultResult>> ListAsync(Call call, int? limit, string? cursor) => PageAsync(call, null, limit, cursor);

    private static async Task<Results<Ok<Items<CheckpointView>>, FaultResult>> PageAsync(Call call, string? sandbox, int? limit, string? cursor)
    {
        if (PageArguments.CheckLimit(limit) is { } wrong) return new FaultResult(wrong);
        var listed = await call.Checkpoints.ListAsync(call.Team, sandbox, limit ?? PageArguments.DefaultLimit, cursor, call.Cancellation);
        return listed.TryGet(out var page, out var fault) ? TypedResults.Ok(new Items<CheckpointView>([.. page.Items.Select(CheckpointView.Of)], page.NextCursor)) : new FaultResult(fault);
    }

    private static async Task<Results<Ok<CheckpointView>, FaultResult>> GetAsync(string id, Call call) =>
        (await call.Checkpoints.GetAsync(call.Team, id, call.Cancellation)).TryGet(out var checkpoint, out var fault) ? TypedResults.Ok(CheckpointView.Of(checkpoint)) : new FaultResult(fault);

    private static async Task<Results<NoContent, FaultResult>> DeleteAsync(string id, Call call) =>
        (await call.Checkpoints.DeleteAsync(call.Team, id, call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();

    /// <param name="to">A checkpoint's id, or a running sandbox's id or name; left out, the sandbox that the checkpoint was made of.</param>
    /// <param name="limit">The most paths to name.</param>
    private static async Task<Results<Ok<DiffView>, FaultResult>> DiffAsync(string id, Call call, string? to, int? limit)
    {
        var compared = await call.Checkpoints.DiffAsync(call.Team, id, to, limit, call.Cancellation);
        return compared.TryGet(out var diff, out var fault) ? TypedResults.Ok(DiffView.Of(diff)) : new FaultResult(fault);
    }

    private static async Task<Results<Ok<SandboxView>, FaultResult>> RestoreAsync(string id, RestoreBody body, Call call)
    {
        var restored = await call.Checkpoints.RestoreAsync(call.Team, id, body.Checkpoint, call.Cancellation);
        if (!restored.TryGet(out var sandbox, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Sandbox = sandbox.Id;
        return TypedResults.Ok(SandboxView.Of(sandbox, call.Urls));
    }
}
