using Atoll.Agent.Observing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Sandbox;

internal sealed class MeasureHandler : ICallHandler
{
    public async Task HandleAsync(CallContext call) => await call.WriteAsync(new Output { Metrics = SandboxMeter.Measure() });
}
