using System.Net.Sockets;
using Atoll.Agent.Processes;
using Atoll.Agent.Processes.Starting;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

/// <summary>
/// Starts a process, sends its output and its end. The process waits for the host as for a pacing follower, so that none of the output asked for is lost; it ends when the host hangs up, and
/// not when the connection breaks: then it waits for the call to come again.
/// </summary>
internal sealed class ExecHandler(ProcessStarter starter, Attachments attachments) : ICallHandler
{
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        var request = call.Call.Exec;
        if (attachments.Join(call, owns: true) is not { } attachment)
        {
            await call.FailAsync(FailureCode.Interrupted, "The connection broke, and the command has ended; what became of it is no longer kept.");
            return;
        }

        var end = AttachmentEnd.HungUp;
        try
        {
            await ServeAsync(call, attachment);
            end = AttachmentEnd.Served;
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (!call.SaidHangUp()) end = AttachmentEnd.Broken;
            throw;
        }
        finally
        {
            attachments.Leave(attachment, call, end, TimeSpan.FromSeconds(request.KeptSeconds));
        }
    }

    private async Task ServeAsync(CallContext call, Attachment attachment)
    {
        var request = call.Call.Exec;
        StartFailure? failure = null;
        if (attachment.Begin(() => starter.TryStart(request.Spec, awaitFirst: true, call.Call.Id, out failure)) is not { } child)
        {
            await call.FailAsync(failure!.Code, failure.Message);
            return;
        }

        long most = request.MaxOutputBytes;
        var offset = (long)Math.Min(request.Offset, long.MaxValue);
        attachment.Hold(child, offset, most);
        attachment.Acknowledge(offset);
        call.Acknowledged = attachment.Acknowledge;
        var sender = new OutputSender(call, child);
        await sender.SendAsync(offset, follow: true, most);
        if (sender.Offset > most) await call.WriteAsync(OutputSender.Dropped(most, sender.Offset));
        await call.WriteAsync(new Output { Exited = child.Status });
    }
}
