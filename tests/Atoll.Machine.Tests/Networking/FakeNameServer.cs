using System.Net;
using System.Net.Sockets;
using Atoll.Machine.Networking.Dns;

namespace Atoll.Machine.Tests.Networking;

/// <summary>A name server on 127.0.0.1, UDP and TCP: answers with <see cref="Answer"/>, or is silent where that gives null.</summary>
internal sealed class FakeNameServer : IDisposable
{
    private const int Tries = 100;
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stop = new();
    private int _asked;

    public FakeNameServer()
    {
        (_udp, _tcp) = Bind();
        _tcp.Listen();
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public Func<byte[], bool, byte[]?> Answer { get; set; } = (query, _) => DnsQuestion.Reply(query, IPAddress.Parse("203.0.113.99"));

    public string Address => _udp.LocalEndPoint!.ToString()!;

    public int Asked => Volatile.Read(ref _asked);

    public void Dispose()
    {
        _stop.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    /// <summary>One port for both, which the kernel knows of only after the first: somebody else may have it for the second.</summary>
    private static (Socket Udp, Socket Tcp) Bind()
    {
        for (var attempt = 1; ; attempt++)
        {
            Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                tcp.Bind(udp.LocalEndPoint!);
                return (udp, tcp);
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Tries)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                Interlocked.Increment(ref _asked);
                if (Answer(buffer[..received.ReceivedBytes], false) is { } reply) await _udp.SendToAsync(reply, received.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _tcp.AcceptAsync(_stop.Token);
                await using var stream = new NetworkStream(socket);
                while (await DnsExchange.ReadAsync(stream, _stop.Token) is { } query)
                {
                    Interlocked.Increment(ref _asked);
                    if (Answer(query, true) is { } reply) await DnsExchange.WriteAsync(stream, reply, _stop.Token);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
