using System.Net.Sockets;
using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

/// <summary>Sends a process's output from an offset on, and its end. A paced process goes on waiting for a follower whose connection broke, for a while.</summary>
internal sealed class FollowHandler(ProcessTable processes, Attachments attachments) : ICallHandler
{
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        var request = call.Call.Follow;
        if (await call.FindProcessAsync(processes, request.Process) is not { } child) return;
        var (start, end) = child.Output.Range;
        if (request.Offset > (ulong)end)
        {
            await call.FailAsync(FailureCode.OffsetLost, $"The output has {end} bytes; there is nothing at {request.Offset} yet.");
            return;
        }

        var offset = (long)request.Offset;
        if (request is { Pacing: true, Follow_: true } && child.Paced) await HoldAndSendAsync(call, child, offset, Math.Max(offset, start));
        else await SendAsync(call, child, offset);
    }

    private async Task HoldAndSendAsync(CallContext call, ChildProcess child, long offset, long held)
    {
        var attachment = attachments.Join(call, owns: false)!;
        var end = AttachmentEnd.HungUp;
        try
        {
            attachment.Begin(() => child);
            attachment.Hold(child, held, long.MaxValue);
            attachment.Acknowledge(held);
            call.Acknowledged = attachment.Acknowledge;
            await SendAsync(call, child, offset);
            end = AttachmentEnd.Served;
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (!call.SaidHangUp()) end = AttachmentEnd.Broken;
            throw;
        }
        finally
        {
            attachments.Leave(attachment, call, end, TimeSpan.FromSeconds(call.Call.Follow.KeptSeconds));
        }
    }

    private static async Task SendAsync(CallContext call, ChildProcess child, long offset)
    {
        var follow = call.Call.Follow.Follow_;
        await call.WriteAsync(new Output { Accepted = new Accepted { Pid = child.Pid, Sequence = (ulong)child.Sequence, AcknowledgeEvery = (uint)Acknowledgements.Every(child.Output.Capacity) } });
        await new OutputSender(call, child).SendAsync(offset, follow, long.MaxValue);
        await call.WriteAsync(follow ? new Output { Exited = child.Status } : new Output { Done = new Empty() });
    }
}
