using System.Net;
using Atoll.Agent.Protocol.Client;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Files;
using Atoll.Machine.Networking;

namespace Atoll.Machine.Sandboxes;

/// <summary>The way from a slot's address and a token to the guest behind it. Thread-safe.</summary>
internal sealed class GuestLinks(GuestConnector connector, TimeProvider time)
{
    /// <summary>For a sandbox just started: returns when its agent has answered.</summary>
    public async Task<Result<IGuest>> ConnectAsync(NetworkSlot slot, byte[] token, CancellationToken cancellation)
    {
        var client = Client(slot, token);
        var hello = await connector.WaitForHelloAsync(client, GuestConnector.DefaultLimit, cancellation);
        return hello.Fault is { } fault ? fault : Result.Of<IGuest>(Guest(client));
    }

    /// <summary>For a sandbox that lives already: nothing is sent.</summary>
    public IGuest Attach(NetworkSlot slot, byte[] token) => Guest(Client(slot, token));

    private AgentClient Client(NetworkSlot slot, byte[] token) => new(new IPEndPoint(slot.Address, GuestBoot.Port), token, time);

    private AgentGuest Guest(AgentClient client)
    {
        var calls = new GuestCalls(client);
        return new AgentGuest(calls, new GuestFiles(calls), time);
    }
}
