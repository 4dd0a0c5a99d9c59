using System.Net;
using System.Net.Sockets;

namespace Atoll.Testing;

/// <summary>
/// A TCP port of loopback that nobody listens on. Below those that the kernel gives to outgoing connections (32768 and up): one of them could have it by the time a server
/// listens, or listens again.
/// </summary>
public static class FreePort
{
    private const int Tries = 100;

    public static int Find()
    {
        for (var tried = 1; ; tried++)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException) when (tried < Tries)
            {
                // Somebody else's.
            }
        }
    }
}
