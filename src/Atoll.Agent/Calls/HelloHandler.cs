using Atoll.Agent.Observing;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>Answers that the agent is there.</summary>
internal sealed class HelloHandler : ICallHandler
{
    public bool Brief => true;

    public async Task HandleAsync(CallContext call) => await call.WriteAsync(new Output
    {
        Hello = new HelloAnswer { Version = AgentClient.ProtocolVersion, ResidentBytes = SandboxMeter.ResidentBytes() },
    });
}
