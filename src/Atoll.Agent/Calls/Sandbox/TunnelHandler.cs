using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls.Sandbox;

/// <summary>
/// Carries bytes between the host and a program that listens on this sandbox's loopback address, both ways at once. Ends with the program's end of the connection; when the host hangs up, the
/// program's connection is closed. What one side does not read the other does not get to send: nothing is kept here but one frame each way.
/// </summary>
internal sealed class TunnelHandler(int ownPort) : ICallHandler
{
    /// <summary>Small: a sandbox may have a hundred tunnels, and its memory is its programs'.</summary>
    private const int PieceBytes = 32 * 1024;

    /// <summary>On loopback there is an answer at once, unless the program's queue is full.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    public bool TakesInput => true;

    public async Task HandleAsync(CallContext call)
    {
        var port = (int)Math.Min(call.Call.Tunnel.Port, int.MaxValue);
        using var socket = await TryConnectAsync(port);
        if (socket is null)
        {
            await call.FailAsync(FailureCode.PortNotListening, $"Nothing in the sandbox listens on port {port}.");
            return;
        }

        await call.WriteAsync(new Output { Accepted = new Accepted() });
        using var over = new CancellationTokenSource();
        _ = SendAsync(call, socket, over);
        try
        {
            await ReceiveAsync(call, socket, over.Token);
        }
        finally
        {
            // Also what still waits for the host: the connection is closed for it.
            await over.CancelAsync();
            socket.Dispose();
        }

        await call.DoneAsync();
    }

    private async Task<Socket?> TryConnectAsync(int port)
    {
        if (port is <= 0 or > ushort.MaxValue || port == ownPort) return null;
        return await TryConnectAsync(new IPEndPoint(IPAddress.Loopback, port)) ?? await TryConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, port));
    }

    private static async Task<Socket?> TryConnectAsync(IPEndPoint endpoint)
    {
        Socket? socket = null;
        try
        {
            using var limit = new CancellationTokenSource(ConnectLimit);
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endpoint, limit.Token);
            return socket;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            return null;
        }
    }

    /// <summary>From the host to the program. A host that hangs up ends the tunnel; a program that takes no more may still have an answer.</summary>
    private static async Task SendAsync(CallContext call, Socket socket, CancellationTokenSource over)
    {
        try
        {
            while (await call.ReadInputAsync() is { } bytes)
            {
                for (var left = bytes; !left.IsEmpty;) left = left[await socket.SendAsync(left, SocketFlags.None, over.Token)..];
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Its end of the connection, or the reset, is what ends the other direction.
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            await EndAsync(over);
        }
    }

    private static async Task EndAsync(CancellationTokenSource over)
    {
        try
        {
            await over.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The tunnel had ended already.
        }
    }

    private static async Task ReceiveAsync(CallContext call, Socket socket, CancellationToken over)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(over, call.HungUp);
        var frame = new PayloadFrame(PieceBytes);
        try
        {
            while (await socket.ReceiveAsync(frame.Payload, SocketFlags.None, both.Token) is > 0 and var count) await call.WriteFrameAsync(frame.SealOutputData(count));
        }
        catch (SocketException)
        {
            // The program's connection broke, which is not an end of what it had to say: the host hears of no end either.
            throw new IOException("The program's connection broke.");
        }
    }
}
