using System.Net;
using System.Net.Sockets;
using Atoll.Machine.Native.Namespaces;
using Atoll.Machine.Networking;

namespace Atoll.Machine.Tests.Networking;

/// <summary>Plays the sandbox: sockets that belong to a slot's namespace, made on a thread that entered it.</summary>
internal static class Inside
{
    // A refusal comes within a millisecond; a hang is what the tests are after.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Socket Tcp(NetworkSlot slot) => Tcp(slot.NamespacePath);

    public static Socket Tcp(string path, AddressFamily family = AddressFamily.InterNetwork) =>
        NetworkNamespace.Run(path, () => new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    public static Socket Udp(string path) => NetworkNamespace.Run(path, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));

    /// <summary>How a connection attempt ends: null for connected.</summary>
    public static async Task<SocketError?> ConnectAsync(NetworkSlot slot, IPEndPoint target)
    {
        using var socket = Tcp(slot.NamespacePath, target.AddressFamily);
        return await ConnectAsync(socket, target);
    }

    public static async Task<SocketError?> ConnectAsync(Socket socket, IPEndPoint target)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await socket.ConnectAsync(target, limit.Token);
            return null;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return SocketError.TimedOut;
        }
    }

    /// <summary>Sends one datagram and waits for its echo or an error; null for an answer.</summary>
    public static async Task<SocketError?> AskAsync(Socket socket, IPEndPoint target)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            await socket.ConnectAsync(target, limit.Token);
            await socket.SendAsync(new byte[] { 1 }, limit.Token);
            await socket.ReceiveAsync(new byte[16], limit.Token);
            return null;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return SocketError.TimedOut;
        }
    }
}
