using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Files;
using Atoll.Machine.Guests.Linking;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Idling;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Live;
using Atoll.Machine.Networking;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// The way from a slot's address and a token to the guest behind it. Thread-safe.
/// <para>What is done to a sandbox from outside is told here, so that calls under way outlast it: <see cref="Hold"/> around saving its memory and <see cref="Break"/> after it; <see cref="Sleep"/>
/// when its processes end with their memory saved, and <see cref="RenewAsync"/> when they go on; <see cref="End"/> when it is gone. That its processes are frozen is seen without being told.</para>
/// </summary>
internal sealed class GuestLinks(GuestConnector connector, IExitWatcher watcher, IdleSentries idle, SandboxCgroups cgroups, GuestFolders folders, IOptions<GuestOptions> options, TimeProvider time)
{
    private const int EntropyBytes = 64;
    private readonly ConcurrentDictionary<SandboxId, AgentGuest> _asleep = new();

    /// <summary>Until this is disposed, a sandbox that says nothing is not given up.</summary>
    public static IDisposable Hold(IGuest guest) => ((AgentGuest)guest).Link.Hold();

    /// <summary>Its connections were reset and it runs: calls under way open others.</summary>
    public static void Break(IGuest guest) => ((AgentGuest)guest).Link.Break();

    /// <summary>Its agent is gone for good: calls under way end.</summary>
    public static void Gone(IGuest guest) => (guest as AgentGuest)?.Link.End();

    /// <summary>
    /// Tells its agent how many processes may be inside from now on. What cannot be told (an agent of an older build, one that does not answer) keeps the limit that it has, within the host's.
    /// One that stands still is not waited for either.
    /// </summary>
    /// <returns>Whether it was told.</returns>
    public static async Task<bool> SetLimitsAsync(LiveHandle handle, SandboxLimits limits, CancellationToken cancellation) =>
        handle.Guest is AgentGuest { Link.StandsStill: false } guest && (await guest.SetLimitsAsync((uint)limits.Processes, cancellation)).Succeeded;

    /// <summary>Its processes have ended. Calls under way end too, unless it sleeps.</summary>
    public void Rest(SandboxId id, IGuest guest)
    {
        if (!_asleep.ContainsKey(id)) Gone(guest);
    }

    /// <summary>Its processes are about to end, to go on later: calls under way wait.</summary>
    public void Sleep(SandboxId id, IGuest guest)
    {
        _asleep[id] = (AgentGuest)guest;
        ((AgentGuest)guest).Link.Sleep();
    }

    /// <summary>One that sleeps will not go on, or not from its memory: calls that wait for it end. Nothing, for one that does not sleep.</summary>
    public void End(SandboxId id)
    {
        if (_asleep.TryRemove(id, out var guest)) guest.Link.End();
    }

    /// <summary>For a sandbox just started: returns when its agent has answered, or as soon as process 1 has ended and nobody can answer any more.</summary>
    public async Task<Result<IGuest>> ConnectAsync(SandboxId id, RunningInit init, NetworkSlot slot, byte[] token, CancellationToken cancellation)
    {
        // What was saved of its memory, if it slept, is not what it goes on from.
        End(id);
        var client = Client(slot, token);
        return await AwaitAsync(id, init, over => connector.WaitForHelloAsync(client, GuestConnector.DefaultLimit, over), cancellation) is { } silent ? silent : Guest(id, client);
    }

    /// <summary>
    /// The same for one that was started from an image, in which its agent may not be the only one: before anything else it is given a token, a host name and random bytes of its own. If it slept,
    /// those who wait for it go on.
    /// </summary>
    /// <param name="token">The one in the image.</param>
    /// <param name="renewed">The one from then on.</param>
    /// <param name="limits">Which may be others than it was saved with.</param>
    public async Task<Result<IGuest>> RenewAsync(SandboxId id, RunningInit init, NetworkSlot slot, byte[] token, byte[] renewed, SandboxLimits limits, CancellationToken cancellation)
    {
        var (restored, client) = (Client(slot, token), Client(slot, renewed));
        Renew renew = new()
        {
            Token = ByteString.CopyFrom(renewed),
            Hostname = id.Value,
            Entropy = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(EntropyBytes)),
            Forsaken = !_asleep.ContainsKey(id),
            Processes = (uint)limits.Processes,
        };
        if (await AwaitAsync(id, init, over => connector.RenewAsync(restored, client, renew, GuestConnector.DefaultLimit, over), cancellation) is { } silent) return silent;
        if (!_asleep.TryRemove(id, out var guest)) return Guest(id, client);
        guest.Link.Wake(client);
        return guest;
    }

    /// <summary>Before it is saved with its memory: its calls end, which that would break; who has one under way waits, if <see cref="Hold"/> says so.</summary>
    /// <returns>Null; or why it must not be saved. That it did not answer is no reason.</returns>
    public async Task<Fault?> PartAsync(NetworkSlot slot, byte[] token, CancellationToken cancellation)
    {
        var parted = await new GuestCalls(new GuestLink(Client(slot, token), TimeSpan.Zero, time)).DoAsync(new Call { Part = new Part() }, FaultStage.Agent, cancellation);
        return parted.Fault is { Code: FaultCode.InvalidRequest } ? MemoryFaults.OldAgent : null;
    }

    private async Task<Fault?> AwaitAsync(SandboxId id, RunningInit init, Func<CancellationToken, Task<Result<Done>>> ask, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hello = ask(over.Token);
        var exit = watcher.WaitAsync(id, init, over.Token);
        var died = await Task.WhenAny(hello, exit) == exit && exit.IsCompletedSuccessfully ? Died(await exit) : null;

        // A watch that failed (no file descriptor left) says nothing about the agent: its answer decides.
        if (died is null) await ((Task)hello).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync();
        await Task.WhenAll(hello, exit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return died ?? (await hello).Fault;
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
        void Used() => idle.Use(id);
        var link = new GuestLink(client, TimeSpan.FromSeconds(options.Value.ReattachSeconds), time, () => cgroups.StandsStill(id));
        var calls = new GuestCalls(link, Used);
        var seats = new StreamSeats(options.Value.MaxStreams);
        var tunnels = new StreamSeats(options.Value.MaxTunnels, "connections to ports that listen on the sandbox's loopback address alone are open, which is the most one may have", "Guests:MaxTunnels");
        var ports = new PortConnector(() => link.Address, GuestBoot.Port, calls, tunnels, Used);
        return new AgentGuest(link, calls, new GuestFiles(calls, seats), seats, ports, folders.VariablesOf(id), time);
    }
}
