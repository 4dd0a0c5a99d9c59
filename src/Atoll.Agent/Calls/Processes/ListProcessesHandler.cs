using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

internal sealed class ListProcessesHandler(ProcessTable processes) : ICallHandler
{
    public async Task HandleAsync(CallContext call)
    {
        foreach (var child in processes.List()) await call.WriteAsync(new Output { Process = child.Describe() });
        await call.DoneAsync();
    }
}
