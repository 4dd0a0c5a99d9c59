using System.Net;
using System.Net.Sockets;

namespace Atoll.EndToEnd.Tests.Egress;

/// <summary>A name server on loopback that has one answer: every name is <see cref="Answer"/> (RFC 1035, section 4), and has no IPv6 address.</summary>
public sealed class FakeNames : IAsyncDisposable
{
    private const int HeaderBytes = 12;
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public FakeNames() => _work = ServeAsync();

    public static IPAddress Answer { get; } = IPAddress.Parse("203.0.113.77");

    public string Address => _socket.Client.LocalEndPoint!.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _socket.ReceiveAsync(_stop.Token);
                if (asked.Buffer.Length > HeaderBytes) await _socket.SendAsync(Reply(asked.Buffer), asked.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the tests.
        }
    }

    private static byte[] Reply(byte[] question)
    {
        var end = HeaderBytes;
        while (question[end] != 0) end += question[end] + 1;
        end += 5; // The root label, type and class.
        var isAddress = question[end - 3] == 1;
        byte[] header = [question[0], question[1], 0x81, 0x80, 0, 1, 0, isAddress ? (byte)1 : (byte)0, 0, 0, 0, 0];
        byte[] answer = isAddress ? [0xc0, HeaderBytes, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. Answer.GetAddressBytes()] : [];
        return [.. header, .. question[HeaderBytes..end], .. answer];
    }
}
