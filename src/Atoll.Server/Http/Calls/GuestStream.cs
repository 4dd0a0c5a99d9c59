using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Server.Http.Calls;

/// <summary>
/// An answer that comes out of a sandbox bit by bit. It keeps the sandbox in use until it is over, and is over when the client goes away, the sandbox ends or the server stops.
/// </summary>
internal abstract class GuestStream : IResult
{
    private Call? _call;
    private LiveSandbox? _sandbox;

    /// <summary>From here on this answer disposes <paramref name="sandbox"/>.</summary>
    public void Hold(Call call, LiveSandbox? sandbox) => (_call, _sandbox) = (call, sandbox);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var sandbox = _sandbox;
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, sandbox?.Ended ?? CancellationToken.None);
        await SendAsync(httpContext, over.Token);
    }

    protected abstract Task SendAsync(HttpContext http, CancellationToken over);

    /// <summary>The sandbox has ended. What was opened from it may hear so a moment before the stream's own token does.</summary>
    protected bool HasEnded => _sandbox is { Ended.IsCancellationRequested: true };

    /// <summary>Why the stream broke off, for the client: null when the server is stopping, so that it may just ask again.</summary>
    protected Fault? WhyBroken(Exception? failure)
    {
        if (_sandbox is { Ended.IsCancellationRequested: true } sandbox && _call is { } call)
            return call.Explain(sandbox.Sandbox.Id.Value, sandbox, new(FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Agent, "The sandbox ended."));
        return failure is null ? null : (failure as Faults.RefusedException)?.Fault
            ?? new Fault(FaultCode.AgentUnreachable, FaultSide.Guest, FaultStage.Agent, "The connection to the sandbox's agent broke.", "Ask again from the last event id.");
    }
}
