using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

/// <summary>
/// Starts a process, sends its output and its end. The process waits for the connection as for a pacing follower, so that none of the output asked for is lost;
/// it ends with the connection.
/// </summary>
internal sealed class ExecHandler(ProcessStarter starter) : ICallHandler
{
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        var child = starter.TryStart(call.Call.Exec.Spec, awaitFirst: true, out var failure);
        if (child is null)
        {
            await call.FailAsync(failure!.Code, failure.Message);
            return;
        }

        var pacing = child.Output.AddPacing(0);
        try
        {
            long most = call.Call.Exec.MaxOutputBytes;
            var sender = new OutputSender(call, child, pacing);
            await sender.SendAsync(0, follow: true, most);
            if (sender.Offset > most) await call.WriteAsync(OutputSender.Dropped(most, sender.Offset));
            await call.WriteAsync(new Output { Exited = child.Status });
        }
        finally
        {
            // Whatever went wrong: a process that runs now has nobody who waits for it.
            ProcessKiller.Kill(child);
            child.Output.RemovePacing(pacing);
        }
    }
}
