using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Server.Http.Calls;

/// <summary>
/// An answer that comes out of a sandbox bit by bit. It keeps the sandbox in use until it is over, and is over when the client goes away or its key ends, the sandbox ends or the server stops.
/// </summary>
internal abstract class GuestStream : IResult
{
    private Call? _call;
    private LiveSandbox? _sandbox;
    private Grant _grant = Grant.Lasting;

    /// <summary>From here on this answer disposes <paramref name="sandbox"/>.</summary>
    public void Hold(Call call, LiveSandbox? sandbox) => (_call, _sandbox) = (call, sandbox);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var sandbox = _sandbox;
        _grant = GrantEnd.Of(httpContext);
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, _grant.Ended, sandbox?.Ended ?? CancellationToken.None);
        await SendAsync(httpContext, over.Token);
    }

    protected abstract Task SendAsync(HttpContext http, CancellationToken over);

    /// <summary>The sandbox has ended. What was opened from it may hear so a moment before the stream's own token does.</summary>
    protected bool HasEnded => _sandbox is { Ended.IsCancellationRequested: true } || KeyEnd is not null;

    /// <summary>Why what let the client in ended; null while it holds.</summary>
    protected Fault? KeyEnd => _grant.Reason;

    /// <summary>Why the stream broke off, for the client: null when the server is stopping, so that it may just ask again.</summary>
    protected Fault? WhyBroken(Exception? failure)
    {
        if (KeyEnd is { } ended) return ended;
        if (_sandbox is { Ended.IsCancellationRequested: true } sandbox && _call is { } call)
            return call.Explain(sandbox.Sandbox.Id.Value, sandbox, new(FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Agent, "The sandbox ended."));
        return failure is null ? null : (failure as Faults.RefusedException)?.Fault
            ?? new Fault(FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Agent, "The connection to the sandbox's agent broke.", "Ask again from the last event id.");
    }
}
