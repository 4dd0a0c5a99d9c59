using System.Net.WebSockets;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Sandboxes;
using Atoll.Server.Http.Calls;
using Atoll.Server.Http.Faults;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Atoll.Server.Api.Processes.Attaching;

/// <summary>
/// One client attached to one process: output flows one way, input the other, and the first of them to end ends both. The process never notices.
/// </summary>
internal sealed class AttachSession(LiveSandbox sandbox, ProcessInfo process, IAsyncEnumerable<ProcessEvent> output) : GuestStream
{
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    protected override async Task SendAsync(HttpContext http, CancellationToken over)
    {
        // A client may read slowly for as long as it answers pings (a paused terminal); the rate limit is for ordinary answers.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        using var web = await http.WebSockets.AcceptWebSocketAsync();
        using var socket = new AttachSocket(web);
        using var following = CancellationTokenSource.CreateLinkedTokenSource(over);
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        using var receiving = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var telling = over.UnsafeRegister(told => ((TaskCompletionSource)told!).TrySetResult(), told);
        var outgoing = PumpAsync(socket, following.Token, sending.Token);
        var incoming = new AttachInput(socket, sandbox.Guest.Processes, ProcessRef.ByPid(process.Pid)).RunAsync(over, receiving.Token);
        var first = await Task.WhenAny(outgoing, incoming, told.Task);

        // A send or a receive that is cancelled resets the connection, and the client would lose what it has not read yet, and why: a frame that is on its way, and the client's own close, are waited for, for a while.
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        await following.CancelAsync();
        await EndAsync(outgoing, sending);
        if (!http.RequestAborted.IsCancellationRequested) await SayGoodbyeAsync(socket, first, over, http.RequestAborted);
        await EndAsync(incoming, receiving);

        async Task EndAsync(Task flow, CancellationTokenSource cancellation)
        {
            await Task.WhenAny(flow, Task.Delay(CloseWithin, time, http.RequestAborted));
            await cancellation.CancelAsync();
            await flow.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <param name="socket">The client's.</param>
    /// <param name="following">Ends it between two frames.</param>
    /// <param name="cancellation">Breaks off the frame that is on its way, and with it the connection.</param>
    private async Task PumpAsync(AttachSocket socket, CancellationToken following, CancellationToken cancellation)
    {
        await socket.SendAsync(
            new AttachEvent("attached")
            {
                Pid = process.Pid,
                Tag = process.Tag,
                Pty = process.Terminal,
                OutputStart = process.OutputStart,
                OutputEnd = process.OutputEnd,
                StdinOffset = process.StdinOffset,
            },
            cancellation);
        await foreach (var happened in output.WithCancellation(following))
        {
            following.ThrowIfCancellationRequested();
            switch (happened)
            {
                case OutputChunk chunk:
                    await socket.SendAsync(chunk, cancellation);
                    break;
                case OutputDropped dropped:
                    await socket.SendAsync(new AttachEvent("dropped") { From = dropped.From, To = dropped.To }, cancellation);
                    break;
                case ProcessExited exited:
                    await socket.SendAsync(new AttachEvent("exit") { ExitCode = exited.Status.Code, Signal = exited.Status.Signal, TimedOut = exited.Status.TimedOut }, cancellation);
                    break;
            }
        }
    }

    private async Task SayGoodbyeAsync(AttachSocket socket, Task first, CancellationToken over, CancellationToken aborted)
    {
        try
        {
            var failure = first.Exception?.InnerException;
            if (first.IsCanceled || over.IsCancellationRequested)
            {
                if (WhyBroken(null) is { } ended) await socket.SendAsync(ended, aborted);
                if (KeyEnd is { } key) await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, FaultStatus.CodeOf(key.Code), aborted);
                else await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, null, aborted);
            }
            else if (failure is RefusedException refused)
            {
                await socket.SendAsync(refused.Fault, aborted);
                var status = refused.Fault.Code is FaultCode.RequestTooLarge ? WebSocketCloseStatus.MessageTooBig : WebSocketCloseStatus.PolicyViolation;
                await socket.CloseAsync(status, refused.Fault.Code.ToString(), aborted);
            }
            else if (failure is IOException broken)
            {
                if (WhyBroken(broken) is { } fault) await socket.SendAsync(fault, aborted);
                await socket.CloseAsync(WebSocketCloseStatus.InternalServerError, null, aborted);
            }
            else if (failure is null)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, aborted);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone: there is nobody to say goodbye to.
        }
    }
}
