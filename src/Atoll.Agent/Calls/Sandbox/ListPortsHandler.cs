using Atoll.Agent.Observing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Sandbox;

internal sealed class ListPortsHandler(ListeningSockets sockets) : ICallHandler
{
    public async Task HandleAsync(CallContext call)
    {
        foreach (var port in sockets.Find()) await call.WriteAsync(new Output { Port = port });
        await call.DoneAsync();
    }
}
