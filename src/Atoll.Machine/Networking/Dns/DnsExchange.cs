using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Atoll.Machine.Networking.Dns;

/// <summary>
/// One question to the name servers. Each asking has a socket, so a port, and an id of its own, both random: whoever would slip in a false answer has to guess both (RFC 5452).
/// </summary>
internal sealed class DnsExchange(NameServers servers, NetworkOptions options, TimeProvider time)
{
    private const int Rounds = 2;
    private const int MaxDatagram = 4096;

    /// <summary>The first answer, with the id of <paramref name="query"/>; a failure message when no server gives one.</summary>
    public async Task<byte[]> AskAsync(ReadOnlyMemory<byte> query, bool overTcp, CancellationToken cancellation)
    {
        var asked = query.ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in servers.Current)
            {
                DnsMessage.SetId(asked, (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1));
                using var limit = new CancellationTokenSource(options.DnsTimeout, time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
                try
                {
                    var answer = overTcp ? await AskTcpAsync(server, asked, both.Token) : await AskUdpAsync(server, asked, both.Token);
                    if (!DnsMessage.Answers(answer, asked)) continue;
                    DnsMessage.SetId(answer, DnsMessage.Id(query.Span));
                    return answer;
                }
                catch (Exception failure) when (failure is SocketException or EndOfStreamException or IOException)
                {
                    // It refuses or is not there: the next one.
                }
                catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
                {
                    // It is silent: the next one.
                }
            }
        }

        return DnsMessage.Failure(query.Span);
    }

    private static async Task<byte[]> AskUdpAsync(IPEndPoint server, byte[] query, CancellationToken cancellation)
    {
        // Connected, so that the kernel hands over only what comes from that server, and its refusal as an error.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellation);
        await socket.SendAsync(query, cancellation);
        var buffer = new byte[MaxDatagram];
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer, cancellation);
            if (DnsMessage.Answers(buffer.AsSpan(0, count), query)) return buffer[..count];
        }
    }

    private static async Task<byte[]> AskTcpAsync(IPEndPoint server, byte[] query, CancellationToken cancellation)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellation);
        await using var stream = new NetworkStream(socket);
        await WriteAsync(stream, query, cancellation);
        return await ReadAsync(stream, cancellation) ?? throw new EndOfStreamException();
    }

    /// <summary>Over TCP a message has its length before it (RFC 1035, 4.2.2).</summary>
    public static async Task WriteAsync(Stream stream, byte[] message, CancellationToken cancellation)
    {
        var framed = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancellation);
    }

    /// <returns>Null at the end of the stream.</returns>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var size = new byte[2];
        if (await stream.ReadAtLeastAsync(size, 2, throwOnEndOfStream: false, cancellation) < 2) return null;
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
        await stream.ReadExactlyAsync(message, cancellation);
        return message;
    }
}
