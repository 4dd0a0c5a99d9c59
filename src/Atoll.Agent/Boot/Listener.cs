using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Native;

namespace Atoll.Agent.Boot;

/// <summary>The socket on which the host calls.</summary>
internal static class Listener
{
    private const int Queue = 512;
    private const int StandardInput = 0;

    /// <summary>
    /// The one that the launcher left as standard input: it listens since before this program ran, and the host's first call waits in its queue. Where the launcher makes none
    /// (OCI runtimes), one of our own. Null when the port cannot be had.
    /// </summary>
    public static Socket? TryOpen(int port)
    {
        try
        {
            if (Descriptors.IsListening(StandardInput) && Descriptors.Copy(StandardInput) is > 0 and var given) return new Socket(new SafeSocketHandle(given, ownsHandle: true));
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(new IPEndPoint(IPAddress.Any, port));
            listener.Listen(Queue);
            return listener;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
