using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

/// <summary>Sends a process's output from an offset on, and its end.</summary>
internal sealed class FollowHandler(ProcessTable processes) : ICallHandler
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
        var pacing = request.Pacing && request.Follow_ && child.Paced ? child.Output.AddPacing(Math.Max(offset, start)) : null;
        try
        {
            await call.WriteAsync(new Output { Accepted = new Empty() });
            await new OutputSender(call, child, pacing).SendAsync(offset, request.Follow_, long.MaxValue);
            await call.WriteAsync(request.Follow_ ? new Output { Exited = child.Status } : new Output { Done = new Empty() });
        }
        finally
        {
            if (pacing is not null) child.Output.RemovePacing(pacing);
        }
    }
}
