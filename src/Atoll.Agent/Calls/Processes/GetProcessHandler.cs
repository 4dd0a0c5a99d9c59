using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

internal sealed class GetProcessHandler(ProcessTable processes) : ICallHandler
{
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        if (await call.FindProcessAsync(processes, call.Call.GetProcess.Process) is { } child) await call.WriteAsync(new Output { Process = child.Describe() });
    }
}
