using Atoll.Agent.Native;
using Atoll.Agent.Observing;
using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

internal sealed class SignalProcessHandler(ProcessTable processes, Journal journal) : ICallHandler
{
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        var request = call.Call.SignalProcess;
        if (await call.FindProcessAsync(processes, request.Process) is not { } child) return;
        if (request.Signal is < 1 or > Children.MaxSignal)
        {
            await call.FailAsync(FailureCode.InvalidRequest, $"A signal is a number from 1 to {Children.MaxSignal}.");
        }
        else if (!child.TrySignal(request.Signal, request.Group))
        {
            await call.FailAsync(FailureCode.ProcessEnded, "The process has ended.");
        }
        else
        {
            journal.Write(child.Pid, $"signal {request.Signal} sent{(request.Group ? " to its group" : "")}");
            await call.DoneAsync();
        }
    }
}
