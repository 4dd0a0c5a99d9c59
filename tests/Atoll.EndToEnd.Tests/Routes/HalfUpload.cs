using System.Net.Sockets;
using System.Text;

namespace Atoll.EndToEnd.Tests.Routes;

/// <summary>An upload that has begun and does not go on, by hand: clients of HTTP do not read an answer before they have sent all.</summary>
internal sealed class HalfUpload : IDisposable
{
    /// <summary>More than buffers on the way hold: when it is sent, the server is reading.</summary>
    private const int SentBytes = 24 << 20;
    private readonly TcpClient _client = new();

    private HalfUpload()
    {
    }

    public static async Task<HalfUpload> BeginAsync(RealServer server, string route, CancellationToken cancellation)
    {
        HalfUpload upload = new();
        var url = new Uri(server.Url);
        await upload._client.ConnectAsync(url.Host, url.Port, cancellation);
        var stream = upload._client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT {route} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {server.ApiKey}\r\nContent-Length: {SentBytes * 2}\r\n\r\n"), cancellation);
        await stream.WriteAsync(new byte[SentBytes], cancellation);
        return upload;
    }

    /// <summary>What comes until the connection ends or the answer's problem is whole.</summary>
    public async Task<string> AnswerAsync(CancellationToken cancellation)
    {
        var stream = _client.GetStream();
        StringBuilder text = new();
        var buffer = new byte[4096];
        while (!text.ToString().Contains("requestId", StringComparison.Ordinal) && await stream.ReadAsync(buffer, cancellation) is > 0 and var count) text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return text.ToString();
    }

    public void Dispose() => _client.Dispose();
}
