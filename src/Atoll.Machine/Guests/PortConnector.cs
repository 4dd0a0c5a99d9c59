using System.Net;
using System.Net.Sockets;
using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>
/// Connects to ports of one sandbox: to its address, and where nobody listens there, through the agent to its loopback address, which nothing outside can reach. The first costs the sandbox nothing
/// and is as fast as its network is; what dev servers bind to by default needs the second. Thread-safe.
/// <para>The address may be another sandbox's a moment after this one's end: whoever connects looks afterwards whether it has ended.</para>
/// </summary>
/// <param name="address">Where it is now: one that slept may wake elsewhere.</param>
/// <param name="agentPort">Never connected to: it is the host's own.</param>
/// <param name="tunnels">Places for connections through the agent.</param>
/// <param name="used">Called before each connection.</param>
internal sealed class PortConnector(Func<IPAddress> address, int agentPort, GuestCalls calls, StreamSeats tunnels, Action used)
{
    /// <summary>The other end is one hop away: what takes longer drops packets, or has no processor time.</summary>
    private static readonly TimeSpan DirectLimit = TimeSpan.FromSeconds(5);

    public async Task<Result<Stream>> ConnectAsync(int port, CancellationToken cancellation)
    {
        if (port == agentPort || port is <= 0 or > ushort.MaxValue) return GuestFaults.NotListening(port);
        used();
        var direct = await TryDirectAsync(port, cancellation);
        if (direct.Fault is { } shortage) return shortage;
        return direct.Value is { } stream ? Result.Of<Stream>(stream) : await TunnelAsync(port, cancellation);
    }

    /// <summary>Null where nobody listens.</summary>
    private async Task<Result<NetworkStream?>> TryDirectAsync(int port, CancellationToken cancellation)
    {
        Socket? socket = null;
        var connected = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DirectLimit);
        try
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(address(), port), limit.Token);
            connected = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failure)
        {
            return HostShortage.Explain(failure) is { } shortage ? shortage : (NetworkStream?)null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (NetworkStream?)null;
        }
        finally
        {
            if (!connected) socket?.Dispose();
        }
    }

    private async Task<Result<Stream>> TunnelAsync(int port, CancellationToken cancellation)
    {
        if (!tunnels.TryTake(out var seat, out var full)) return full;
        var call = new Wire.Call { Tunnel = new Wire.Tunnel { Port = (uint)port } };
        var open = false;
        try
        {
            var opened = await calls.OpenAcceptedAsync(call, FaultStage.Network, new Retries(), cancellation);
            open = opened.Succeeded;
            if (opened.TryGet(out var accepted, out var fault)) return new GuestTunnel(accepted.Connection, seat);

            // An agent's words are not ours, and here everybody reads them who may reach the port.
            return fault.Code is FaultCode.PortNotListening ? GuestFaults.NotListening(port) : fault;
        }
        finally
        {
            if (!open) seat.Dispose();
        }
    }
}
