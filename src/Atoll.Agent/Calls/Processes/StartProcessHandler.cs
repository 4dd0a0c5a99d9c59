using Atoll.Agent.Processes;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Processes;

/// <summary>Starts a process that goes on when the host hangs up.</summary>
internal sealed class StartProcessHandler(ProcessStarter starter) : ICallHandler
{
    public bool Brief => true;

    public async Task HandleAsync(CallContext call)
    {
        var spec = call.Call.StartProcess.Spec;
        var child = starter.TryStart(spec, awaitFirst: spec?.Paced ?? false, callId: 0, out var failure);
        if (child is null) await call.FailAsync(failure!.Code, failure.Message);
        else await call.WriteAsync(new Output { Process = child.Describe() });
    }
}
