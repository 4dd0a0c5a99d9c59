using Atoll.Core.Checkpoints;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;
using Atoll.Core.Volumes;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atoll.Server.Http.Calls;

/// <summary>One authenticated request and the doors it may go through. Every handler works on behalf of <see cref="Team"/> and has no other way to name one.</summary>
internal sealed class Call
{
    private CancellationToken? _over;

    private Call(HttpContext http, KeyHolder caller) => (Http, Caller) = (http, caller);

    public HttpContext Http { get; }

    public KeyHolder Caller { get; }

    public TeamId Team => Caller.Team;

    /// <summary>
    /// The client has gone away, or its key has ended; or, inside a sandbox, that has ended: an agent whose sandbox died does not even close its connections (under gVisor its network dies
    /// with it), so that nothing else would end the wait.
    /// </summary>
    public CancellationToken Cancellation => _over ??= EitherWith(CancellationToken.None);

    public ISandboxes Sandboxes => Get<ISandboxes>();

    public ILeases Leases => Get<ILeases>();

    public ICheckpoints Checkpoints => Get<ICheckpoints>();

    public ICheckpointTransfers Transfers => Get<ICheckpointTransfers>();

    public IVolumes Volumes => Get<IVolumes>();

    public IEvents Events => Get<IEvents>();

    public ITeams Teams => Get<ITeams>();

    public IUsers Users => Get<IUsers>();

    public IKeys Keys => Get<IKeys>();

    public IMachine Machine => Get<IMachine>();

    /// <summary>Where this request's client finds ports.</summary>
    public PortUrls Urls => field ??= PortUrls.Of(Http);

    public static ValueTask<Call?> BindAsync(HttpContext http) =>
        ValueTask.FromResult<Call?>(new(http, http.Features.Get<KeyHolder>() ?? throw new InvalidOperationException("A route without a key handled a call.")));

    public T Get<T>() where T : notnull => Http.RequestServices.GetRequiredService<T>();

    /// <summary>The answer to a request that made something.</summary>
    public Created<T> Created<T>(string url, T value)
    {
        Http.Response.Headers.Location = url;
        return TypedResults.Created(url, value);
    }

    /// <summary>Takes a sandbox into use, woken if it sleeps and may be; the caller disposes it.</summary>
    public async ValueTask<Result<LiveSandbox>> UseAsync(string id)
    {
        var used = await Sandboxes.UseAsync(Team, id, WakeCauses.Api, Cancellation);
        if (used.Succeeded) RequestNotes.Of(Http).Sandbox = used.Value.Sandbox.Id;
        return used;
    }

    /// <summary>Does one thing in a running sandbox and answers with what came of it.</summary>
    public async Task<Results<Ok<T>, FaultResult>> InAsync<T>(string id, Func<LiveSandbox, Task<Result<T>>> work)
    {
        var done = await UseAsync(id, work);
        return done.TryGet(out var value, out var fault) ? TypedResults.Ok(value) : new FaultResult(fault);
    }

    /// <summary>Does one thing that has nothing to answer with.</summary>
    public async Task<Results<NoContent, FaultResult>> InAsync(string id, Func<LiveSandbox, Task<Result<Done>>> work)
    {
        var done = await UseAsync(id, work);
        return done.Fault is { } fault ? new FaultResult(fault) : TypedResults.NoContent();
    }

    /// <summary>Opens a stream out of a running sandbox, which stays in use until the stream ends.</summary>
    public async Task<Results<T, FaultResult>> OpenAsync<T>(string id, Func<LiveSandbox, Task<Result<T>>> open) where T : GuestStream
    {
        if (!(await UseAsync(id)).TryGet(out var sandbox, out var fault)) return new FaultResult(fault);
        EndWith(sandbox);
        var handedOver = false;
        try
        {
            if (!(await open(sandbox)).TryGet(out var stream, out fault)) return new FaultResult(Explain(id, sandbox, fault));
            stream.Hold(this, sandbox);
            handedOver = true;
            return stream;
        }
        catch (OperationCanceledException) when (HasEnded(sandbox))
        {
            return new FaultResult(Explain(id, sandbox, EndedMeanwhile));
        }
        finally
        {
            if (!handedOver) sandbox.Dispose();
        }
    }

    public async Task<Result<T>> UseAsync<T>(string id, Func<LiveSandbox, Task<Result<T>>> work)
    {
        if (!(await UseAsync(id)).TryGet(out var sandbox, out var fault)) return fault;
        using (sandbox)
        {
            EndWith(sandbox);
            try
            {
                var done = await work(sandbox);
                return done.Fault is { } failed ? Explain(id, sandbox, failed) : done;
            }
            catch (OperationCanceledException) when (HasEnded(sandbox))
            {
                return Explain(id, sandbox, EndedMeanwhile);
            }
        }
    }

    // An agent that does not answer because its sandbox has just ended: the reason it ended is the better answer.
    public Fault Explain(string id, LiveSandbox sandbox, Fault fault)
    {
        if (fault.Code is not FaultCode.AgentUnreachable || !sandbox.Ended.IsCancellationRequested) return fault;
        var again = Sandboxes.Use(Team, id);
        if (again.Succeeded) again.Value.Dispose();
        return again.Fault ?? fault;
    }

    private static Fault EndedMeanwhile { get; } = new(
        FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Agent, "The sandbox ended, was stopped or restored before the answer was complete.", "Look at the sandbox: its state and stateReason say what became of it.");

    private void EndWith(LiveSandbox sandbox) => _over = EitherWith(sandbox.Ended);

    // Kept until the response is over: streams go on with the token after their handler has returned.
    private CancellationToken EitherWith(CancellationToken ended)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(Http.RequestAborted, GrantEnd.Of(Http).Ended, ended);
        Http.Response.RegisterForDispose(either);
        return either.Token;
    }

    private bool HasEnded(LiveSandbox sandbox) => sandbox.Ended.IsCancellationRequested && !Http.RequestAborted.IsCancellationRequested && GrantEnd.Of(Http).Reason is null;
}
