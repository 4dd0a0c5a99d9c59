using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Atoll.Core.Faults;

namespace Atoll.Server.Tests.Fakes;

/// <summary>A program behind a port: keeps every head it was sent, byte for byte, and answers what it is told to.</summary>
internal sealed class FakeProgram : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, Stream, Task> _answer;

    public FakeProgram(Func<string, Stream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public FakeProgram(string answer)
        : this((_, stream) => WriteAsync(stream, answer))
    {
    }

    public ConcurrentQueue<string> Heads { get; } = [];

    public string Head => Assert.Single(Heads);

    public static string Ok(string body, string headers = "") => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";

    public static async Task WriteAsync(Stream stream, string text) => await stream.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);

    public async Task<Result<Stream>> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_listener.LocalEndpoint, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        var stream = client.GetStream();
        try
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1) head.Append((char)one[0]);
            Heads.Enqueue(head.ToString());
            await _answer(head.ToString(), stream);
        }
        catch (IOException)
        {
            // The server gave the connection up.
        }
    }
}
