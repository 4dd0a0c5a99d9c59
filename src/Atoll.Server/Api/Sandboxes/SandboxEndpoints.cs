using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Server.Http;
using Atoll.Server.Http.Binding;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Sandboxes;

internal static class SandboxEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/sandboxes").WithTags("sandboxes");
        group.MapPost("", CreateAsync).WithName("createSandbox").WithSummary("Create a sandbox; answers when it is running, or at once with wait=false.").WithBodyLimit(BodySize.Small);
        group.MapGet("", ListSandboxes.HandleAsync).WithName("listSandboxes").WithSummary("List the team's sandboxes, newest first.").WithMetadata(new MetadataFilters());
        group.MapGet("/{id}", GetAsync).WithName("getSandbox").WithSummary("One sandbox, by id or name.");
        group.MapPatch("/{id}", UpdateAsync).WithName("updateSandbox").WithSummary("Change a living sandbox.").WithBodyLimit(BodySize.Small);
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteSandbox").WithSummary("End a sandbox and free everything it used.");
        group.MapPost("/{id}/extend", ExtendAsync).WithName("extendSandbox").WithSummary("Move the end of its time away.").WithBodyLimit(BodySize.Small);
        SleepEndpoints.Map(api);
        LeaseEndpoints.Map(api);
        api.MapGet("/operations/{operation}", GetOperationAsync).WithTags("sandboxes").WithName("getOperation").WithSummary("How an operation that was not waited for goes on.");
    }

    private static async Task<Results<Created<SandboxView>, Accepted<OperationReply>, FaultResult>> CreateAsync(Call call, IdempotencyKey key, CreateSandboxBody? body, bool? wait)
    {
        if (!SandboxBodies.ToRequest(body ?? new()).TryGet(out var request, out var fault)) return new FaultResult(fault);
        var created = await call.Sandboxes.CreateAsync(call.Team, request, key.Value, wait ?? true, call.Cancellation);
        if (!created.TryGet(out var sandbox, out fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Sandbox = sandbox.Id;
        if (wait ?? true) return call.Created($"/v1/sandboxes/{sandbox.Id}", SandboxView.Of(sandbox, call.Urls));
        var reply = OperationReply.Of(sandbox, call.Urls);
        return TypedResults.Accepted(reply.Operation.Url, reply);
    }

    private static async Task<Results<Ok<SandboxView>, FaultResult>> GetAsync(string id, Call call) =>
        Answer(call, await call.Sandboxes.GetAsync(call.Team, id, call.Cancellation));

    private static async Task<Results<Ok<SandboxView>, FaultResult>> UpdateAsync(string id, UpdateSandboxBody body, Call call) =>
        SandboxBodies.ToUpdate(body).TryGet(out var update, out var fault)
            ? Answer(call, await call.Sandboxes.UpdateAsync(call.Team, id, update, call.Cancellation))
            : new FaultResult(fault);

    private static async Task<Results<NoContent, FaultResult>> DeleteAsync(string id, Call call) =>
        (await call.Sandboxes.DeleteAsync(call.Team, id, call.Cancellation)).Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();

    private static async Task<Results<Ok<SandboxView>, FaultResult>> ExtendAsync(string id, ExtendBody body, Call call) =>
        double.IsFinite(body.Seconds)
            ? Answer(call, await call.Sandboxes.ExtendAsync(call.Team, id, body.Seconds, call.Cancellation))
            : new FaultResult(HttpFaults.Invalid("seconds", "is too large a number"));

    private static async Task<Results<Ok<OperationReply>, FaultResult>> GetOperationAsync(string operation, Call call)
    {
        var unknown = new Fault(FaultCode.NotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such operation.");
        if (!operation.StartsWith(OperationView.Prefix, StringComparison.Ordinal) || !SandboxId.TryParse(operation[OperationView.Prefix.Length..], out var id)) return new FaultResult(unknown);
        var found = await call.Sandboxes.GetAsync(call.Team, id.Value, call.Cancellation);
        if (found.TryGet(out var sandbox, out var fault)) return TypedResults.Ok(OperationReply.Of(sandbox, call.Urls));
        return new FaultResult(fault.Code is FaultCode.SandboxNotFound ? unknown : fault);
    }

    private static Results<Ok<SandboxView>, FaultResult> Answer(Call call, Result<Sandbox> result)
    {
        if (!result.TryGet(out var sandbox, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Sandbox = sandbox.Id;
        return TypedResults.Ok(SandboxView.Of(sandbox, call.Urls));
    }
}
