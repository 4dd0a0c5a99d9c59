using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atoll.Bench.Http;

/// <summary>
/// One kept-alive connection and a blocking socket: for single requests, whose time is compared with that of bare tools. These are started by a bare posix_spawn, since .NET's own way would
/// add milliseconds to them; its HTTP client, whose code and threads have gone cold while a tool ran, adds one or two. One exchange at a time; it holds its thread meanwhile.
/// </summary>
internal sealed class PlainConnection : IExchange, IDisposable
{
    private const int MostBytes = 4 * 1024 * 1024;
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private readonly byte[] _received = new byte[MostBytes];
    private readonly IPEndPoint _server;
    private readonly string _fixed;
    private Socket _socket;

    public PlainConnection(string url, string key)
    {
        var address = new Uri(url);
        _fixed = $"Host: {address.Authority}\r\nAuthorization: Bearer {key}\r\n";
        _server = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        _socket = Open();
    }

    /// <inheritdoc/>
    public Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(Exchange(Request(method, path, json)).Body);
    }

    /// <summary>A request's bytes: made before its time is taken.</summary>
    public byte[] Request(HttpMethod method, string path, byte[]? json, string headers = "")
    {
        var body = json ?? [];
        var type = json is null ? "" : "Content-Type: application/json\r\n";
        var head = string.Create(CultureInfo.InvariantCulture, $"{method} {path} HTTP/1.1\r\n{_fixed}{headers}{type}Content-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <summary>Sends a request and waits for the whole of its answer, whose length must be announced. Throws an <see cref="ApiFailure"/> when it is no success.</summary>
    public (string Head, byte[] Body) Exchange(byte[] request)
    {
        // What can be read before anything was asked is the end of a connection that lay idle for too long.
        if (_socket.Poll(0, SelectMode.SelectRead))
        {
            _socket.Dispose();
            _socket = Open();
        }

        for (var sent = 0; sent < request.Length;) sent += _socket.Send(request.AsSpan(sent));
        var (held, end) = (0, -1);
        while (end < 0)
        {
            held += Receive(held);
            end = _received.AsSpan(0, held).IndexOf(HeadEnd);
        }

        var head = Encoding.ASCII.GetString(_received, 0, end);
        var start = end + HeadEnd.Length;
        var length = LengthOf(head);
        while (held < start + length) held += Receive(held);
        var body = _received[start..(start + length)];
        return head[9] == '2' ? (head, body) : throw new ApiFailure($"{head.Split('\n')[0]} {Encoding.UTF8.GetString(body)}");
    }

    public void Dispose() => _socket.Dispose();

    private Socket Open()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_server);
        return socket;
    }

    private int Receive(int held)
    {
        var count = _socket.Receive(_received.AsSpan(held));
        return count > 0 ? count : throw new IOException("The server closed the connection, or the answer is too long.");
    }

    private static int LengthOf(string head)
    {
        const string Name = "Content-Length:";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return head.Contains(" 204 ", StringComparison.Ordinal) ? 0 : throw new IOException("An answer without its length: " + head);
        var line = head.AsSpan(at + Name.Length);
        var lineEnd = line.IndexOf('\r');
        return int.Parse(lineEnd < 0 ? line : line[..lineEnd], CultureInfo.InvariantCulture);
    }
}
