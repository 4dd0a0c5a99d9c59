using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Core.Volumes;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Volumes;

internal static class VolumeEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/volumes").WithTags("volumes");
        group.MapPost("", CreateAsync).WithName("createVolume").WithSummary("Make an empty volume.").WithBodyLimit(BodySize.Small);
        group.MapGet("", List).WithName("listVolumes").WithSummary("The team's volumes and snapshots, newest first.");
        group.MapGet("/{id}", GetAsync).WithName("getVolume").WithSummary("One volume, with what it holds and who has it mounted.");
        group.MapPatch("/{id}", UpdateAsync).WithName("updateVolume").WithSummary("Rename or resize a volume; sandboxes that have it mounted see the new size at once.").WithBodyLimit(BodySize.Small);
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteVolume").WithSummary("Delete a volume that no sandbox has mounted, with all that is in it; its snapshots and clones stay.");
        group.MapPost("/{id}/snapshot", SnapshotAsync).WithName("snapshotVolume").WithSummary("Keep a volume as it is now: a volume that can only be read.").WithBodyLimit(BodySize.Small);
        group.MapPost("/{id}/clone", CloneAsync).WithName("cloneVolume").WithSummary("Make a volume that begins as this one, or this snapshot, is now.").WithBodyLimit(BodySize.Small);
        VolumeFileEndpoints.Map(group);
    }

    private static Task<Results<Created<VolumeView>, FaultResult>> CreateAsync(Call call, IdempotencyKey key, CreateVolumeBody? body) =>
        MakeAsync(call, key, $"volumes {call.Team}", body ?? new(), request => call.Volumes.CreateAsync(call.Team, request, call.Cancellation));

    private static Task<Results<Created<VolumeView>, FaultResult>> SnapshotAsync(string id, Call call, IdempotencyKey key, SnapshotVolumeBody? body) =>
        MakeAsync(call, key, $"volumes {call.Team} {id} snapshot", new(body?.Name), request => call.Volumes.SnapshotAsync(call.Team, id, request, call.Cancellation));

    private static Task<Results<Created<VolumeView>, FaultResult>> CloneAsync(string id, Call call, IdempotencyKey key, CreateVolumeBody? body) =>
        MakeAsync(call, key, $"volumes {call.Team} {id} clone", body ?? new(), request => call.Volumes.CloneAsync(call.Team, id, request, call.Cancellation));

    private static async Task<Results<Created<VolumeView>, FaultResult>> MakeAsync(Call call, IdempotencyKey key, string scope, CreateVolumeBody body, Func<VolumeRequest, Task<Result<VolumeState>>> make)
    {
        var sent = JsonSerializer.SerializeToUtf8Bytes(body, VolumesJson.Wire.CreateVolumeBody);
        var made = await call.Get<Idempotency>().RunAsync(scope, key, sent, () => make(new(body.Name, body.SizeMiB)));
        if (!made.TryGet(out var state, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Target = state.Volume.Id.Value;
        return call.Created($"/v1/volumes/{state.Volume.Id}", VolumeView.Of(state));
    }

    private static Results<Ok<Items<VolumeView>>, FaultResult> List(Call call, int? limit, string? cursor)
    {
        if (PageArguments.CheckLimit(limit) is { } wrong) return new FaultResult(wrong);
        var listed = call.Volumes.List(call.Team, limit ?? PageArguments.DefaultLimit, cursor);
        return listed.TryGet(out var page, out var fault) ? TypedResults.Ok(new Items<VolumeView>([.. page.Items.Select(VolumeView.Of)], page.NextCursor)) : new FaultResult(fault);
    }

    private static async Task<Results<Ok<VolumeView>, FaultResult>> GetAsync(string id, Call call) =>
        (await call.Volumes.GetAsync(call.Team, id, call.Cancellation)).TryGet(out var state, out var fault) ? TypedResults.Ok(VolumeView.Of(state)) : new FaultResult(fault);

    private static async Task<Results<Ok<VolumeView>, FaultResult>> UpdateAsync(string id, UpdateVolumeBody body, Call call) =>
        (await call.Volumes.UpdateAsync(call.Team, id, new(body.Name, body.SizeMiB), call.Cancellation)).TryGet(out var state, out var fault) ? TypedResults.Ok(VolumeView.Of(state)) : new FaultResult(fault);

    private static async Task<Results<NoContent, FaultResult>> DeleteAsync(string id, Call call) =>
        (await call.Volumes.DeleteAsync(call.Team, id, call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();
}
