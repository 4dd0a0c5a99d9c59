using System.Net;
using Atoll.Agent.Protocol.Client;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Files;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Idling;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Networking;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>The way from a slot's address and a token to the guest behind it. Thread-safe.</summary>
internal sealed class GuestLinks(GuestConnector connector, IExitWatcher watcher, IdleSentries idle, IOptions<GuestOptions> options, TimeProvider time)
{
    /// <summary>For a sandbox just started: returns when its agent has answered, or as soon as process 1 has ended and nobody can answer any more.</summary>
    public async Task<Result<IGuest>> ConnectAsync(SandboxId id, RunningInit init, NetworkSlot slot, byte[] token, CancellationToken cancellation)
    {
        var client = Client(slot, token);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hello = connector.WaitForHelloAsync(client, GuestConnector.DefaultLimit, over.Token);
        var exit = watcher.WaitAsync(id, init, over.Token);
        var died = await Task.WhenAny(hello, exit) == exit && exit.IsCompletedSuccessfully ? Died(await exit) : null;

        // A watch that failed (no file descriptor left) says nothing about the agent: its answer decides.
        if (died is null) await ((Task)hello).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync();
        await Task.WhenAll(hello, exit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (died ?? (await hello).Fault) is { } fault ? fault : Result.Of<IGuest>(Guest(id, slot, client));
    }

    /// <summary>For a sandbox that lives already: nothing is sent.</summary>
    public IGuest Attach(SandboxId id, NetworkSlot slot, byte[] token) => Guest(id, slot, Client(slot, token));

    private static Fault Died(InitExit exit) => new(
        exit.OutOfMemory ? FaultCode.InvalidRequest : FaultCode.HostFailure, exit.OutOfMemory ? FaultSide.Caller : FaultSide.Host, FaultStage.Agent,
        $"The sandbox ended before its agent answered. {exit.Detail}",
        exit.OutOfMemory ? "Give it more memory (memoryMiB)." : "Run `atoll doctor`, which tries the agent and each kind of isolation.");

    private AgentClient Client(NetworkSlot slot, byte[] token) => new(new IPEndPoint(slot.Address, GuestBoot.Port), token, time);

    private AgentGuest Guest(SandboxId id, NetworkSlot slot, AgentClient client)
    {
        void Used() => idle.Use(id);
        var calls = new GuestCalls(client, Used);
        var seats = new StreamSeats(options.Value.MaxStreams);
        var tunnels = new StreamSeats(options.Value.MaxTunnels, "connections to ports that listen on the sandbox's loopback address alone are open, which is the most one may have", "Guests:MaxTunnels");
        var ports = new PortConnector(slot.Address, GuestBoot.Port, calls, tunnels, Used);
        return new AgentGuest(calls, new GuestFiles(calls, seats), seats, ports, time);
    }
}
