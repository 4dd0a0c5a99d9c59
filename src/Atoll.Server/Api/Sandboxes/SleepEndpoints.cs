using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Server.Api.Transfers;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Atoll.Server.Http.Streams;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>Sleep and wake. Each answers when it is done, with the sandbox; what is already so is answered as it is.</summary>
internal static class SleepEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var group = api.MapGroup("/sandboxes/{id}").WithTags("sandboxes");
        group.MapPost("/pause", PauseAsync).WithName("pauseSandbox").WithSummary("Have its processes stand still; their memory stays.");
        group.MapPost("/suspend", SuspendAsync).WithName("suspendSandbox").WithSummary("Save its memory and processes, and free them.");
        group.MapPost("/stop", StopAsync).WithName("stopSandbox").WithSummary("End its processes and keep its disk.");
        group.MapPost("/archive", ArchiveAsync).WithName("archiveSandbox").Produces<SandboxView>(StatusCodes.Status200OK, "application/json", EventStream.ContentType)
            .WithSummary("Put its disk into the object store, and free it here; what runs in it ends. With Accept: text/event-stream: progress, then done or error.");
        group.MapPost("/resume", ResumeAsync).WithName("resumeSandbox").WithSummary("Have it run again, whatever way it sleeps.");
        group.MapPost("/start", StartAsync).WithName("startSandbox").Produces<SandboxView>(StatusCodes.Status200OK, "application/json", EventStream.ContentType)
            .WithSummary("The same as resume, by the name that goes with stop and archive. With Accept: text/event-stream: progress of a disk that comes from the object store, then done or error.");
    }

    private static Task<Results<Ok<SandboxView>, FaultResult>> PauseAsync(string id, Call call) => SleepAsync(id, call, LifecycleAction.Pause);

    private static Task<Results<Ok<SandboxView>, FaultResult>> SuspendAsync(string id, Call call) => SleepAsync(id, call, LifecycleAction.Suspend);

    private static Task<Results<Ok<SandboxView>, FaultResult>> StopAsync(string id, Call call) => SleepAsync(id, call, LifecycleAction.Stop);

    private static async Task<Results<Ok<SandboxView>, FaultResult>> ResumeAsync(string id, Call call) => Answer(call, await call.Sandboxes.WakeAsync(call.Team, id, call.Cancellation));

    private static Task<IResult> StartAsync(string id, Call call) => FollowAsync(id, call, cancellation => call.Sandboxes.WakeAsync(call.Team, id, cancellation));

    private static Task<IResult> ArchiveAsync(string id, Call call) => FollowAsync(id, call, cancellation => call.Sandboxes.ArchiveAsync(call.Team, id, cancellation));

    /// <summary>A client that goes away does not end it.</summary>
    private static async Task<IResult> FollowAsync(string id, Call call, Func<CancellationToken, Task<Result<Sandbox>>> turn)
    {
        if (!TransferEvents.AreAskedFor(call)) return Answer(call, await turn(call.Cancellation)).Result;
        return TransferEvents.Stream(call, () => call.Sandboxes.TransferOf(call.Team, id), SandboxesJson.Wire.SandboxView, async cancellation => (await turn(cancellation)).Map(sandbox =>
        {
            RequestNotes.Of(call.Http).Sandbox = sandbox.Id;
            return SandboxView.Of(sandbox, call.Urls);
        }));
    }

    private static async Task<Results<Ok<SandboxView>, FaultResult>> SleepAsync(string id, Call call, LifecycleAction how) =>
        Answer(call, await call.Sandboxes.SleepAsync(call.Team, id, how, call.Cancellation));

    private static Results<Ok<SandboxView>, FaultResult> Answer(Call call, Result<Sandbox> result)
    {
        if (!result.TryGet(out var sandbox, out var fault)) return new FaultResult(fault);
        RequestNotes.Of(call.Http).Sandbox = sandbox.Id;
        return TypedResults.Ok(SandboxView.Of(sandbox, call.Urls));
    }
}
