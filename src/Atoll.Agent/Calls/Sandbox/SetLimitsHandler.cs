using Atoll.Agent.Native;

namespace Atoll.Agent.Calls.Sandbox;

internal sealed class SetLimitsHandler : ICallHandler
{
    public async Task HandleAsync(CallContext call)
    {
        ProcessLimit.Set(call.Call.SetLimits.Processes);
        await call.DoneAsync();
    }
}
