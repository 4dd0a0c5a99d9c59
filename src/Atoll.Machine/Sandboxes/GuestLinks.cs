using System.Net;
using System.Security.Cryptography;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Files;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Idling;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Networking;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>The way from a slot's address and a token to the guest behind it. Thread-safe.</summary>
internal sealed class GuestLinks(GuestConnector connector, IExitWatcher watcher, IdleSentries idle, IOptions<GuestOptions> options, TimeProvider time)
{
    private const int EntropyBytes = 64;

    /// <summary>For a sandbox just started: returns when its agent has answered, or as soon as process 1 has ended and nobody can answer any more.</summary>
    public Task<Result<IGuest>> ConnectAsync(SandboxId id, RunningInit init, NetworkSlot slot, byte[] token, CancellationToken cancellation) =>
        ConnectAsync(id, init, Client(slot, token), cancellation);

    /// <summary>
    /// The same for one that was started from an image, in which its agent may not be the only one: before anything else it is given a token, a host name and random bytes of its own.
    /// </summary>
    /// <param name="token">The one in the image.</param>
    /// <param name="renewed">The one from then on.</param>
    public async Task<Result<IGuest>> RenewAsync(SandboxId id, RunningInit init, NetworkSlot slot, byte[] token, byte[] renewed, CancellationToken cancellation)
    {
        var restored = Client(slot, token);
        var connected = await ConnectAsync(id, init, restored, cancellation);
        if (connected.Fault is not null) return connected;
        Renew renew = new() { Token = ByteString.CopyFrom(renewed), Hostname = id.Value, Entropy = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(EntropyBytes)) };
        var done = await new GuestCalls(restored).DoAsync(new Call { Renew = renew }, FaultStage.Agent, cancellation);

        if (done.Succeeded) return Result.Of(Attach(id, slot, renewed));

        // Its answer may have been lost; whether the agent heard, its new token tells.
        return done.Fault is { Code: FaultCode.AgentUnreachable or FaultCode.GuestFailure } ? await ConnectAsync(id, init, Client(slot, renewed), cancellation) : done.Fault!;
    }

    /// <summary>Before it is saved with its memory: its calls end, which that would break. An agent that does not know how is none the worse.</summary>
    public async Task PartAsync(NetworkSlot slot, byte[] token, CancellationToken cancellation) =>
        _ = await new GuestCalls(Client(slot, token)).DoAsync(new Call { Part = new Part() }, FaultStage.Agent, cancellation);

    private async Task<Result<IGuest>> ConnectAsync(SandboxId id, RunningInit init, AgentClient client, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hello = connector.WaitForHelloAsync(client, GuestConnector.DefaultLimit, over.Token);
        var exit = watcher.WaitAsync(id, init, over.Token);
        var died = await Task.WhenAny(hello, exit) == exit && exit.IsCompletedSuccessfully ? Died(await exit) : null;

        // A watch that failed (no file descriptor left) says nothing about the agent: its answer decides.
        if (died is null) await ((Task)hello).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync();
        await Task.WhenAll(hello, exit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (died ?? (await hello).Fault) is { } fault ? fault : Result.Of<IGuest>(Guest(id, client));
    }

    /// <summary>For a sandbox that lives already: nothing is sent.</summary>
    public IGuest Attach(SandboxId id, NetworkSlot slot, byte[] token) => Guest(id, Client(slot, token));

    private static Fault Died(InitExit exit) => new(
        exit.OutOfMemory ? FaultCode.InvalidRequest : FaultCode.HostFailure, exit.OutOfMemory ? FaultSide.Caller : FaultSide.Host, FaultStage.Agent,
        $"The sandbox ended before its agent answered. {exit.Detail}",
        exit.OutOfMemory ? "Give it more memory (memoryMiB)." : "Run `atoll doctor`, which tries the agent and each kind of isolation.");

    private AgentClient Client(NetworkSlot slot, byte[] token) => new(new IPEndPoint(slot.Address, GuestBoot.Port), token, time);

    private AgentGuest Guest(SandboxId id, AgentClient client)
    {
        var calls = new GuestCalls(client, () => idle.Use(id));
        var seats = new StreamSeats(options.Value.MaxStreams);
        return new AgentGuest(calls, new GuestFiles(calls, seats), seats, time);
    }
}
