using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Atoll.Testing.Server;

/// <summary>A client of docs/protocol-attach.md.</summary>
public sealed class AttachClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[2 * 1024 * 1024];

    public WebSocketCloseStatus? Closed => _socket.CloseStatus;

    /// <summary>Where to attach again.</summary>
    public long Reached { get; private set; }

    public static async Task<AttachClient> OpenAsync(Api api, string path, CancellationToken cancellation)
    {
        var url = new UriBuilder(new Uri(api.Http.BaseAddress!, path)) { Scheme = "ws" }.Uri;
        Operations.Record("GET", url.AbsolutePath);
        var client = new AttachClient();
        client._socket.Options.SetRequestHeader("Authorization", "Bearer " + api.Key);
        await client._socket.ConnectAsync(url, cancellation);
        return client;
    }

    /// <summary>The next message: its first byte, and what follows the offset (or the control's JSON); null when the server has closed.</summary>
    public async Task<(byte Kind, ReadOnlyMemory<byte> Bytes)?> ReceiveAsync(CancellationToken cancellation)
    {
        var length = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellation);
            if (received.MessageType == WebSocketMessageType.Close) return null;
            length += received.Count;
        }
        while (!received.EndOfMessage);

        Assert.Equal(WebSocketMessageType.Binary, received.MessageType);
        if (_buffer[0] == 3) return (3, _buffer.AsMemory(1, length - 1));
        var offset = BinaryPrimitives.ReadInt64BigEndian(_buffer.AsSpan(1));
        Assert.True(Reached == 0 || offset == Reached, $"a gap: {Reached} to {offset}");
        Reached = offset + length - 9;
        return (_buffer[0], _buffer.AsMemory(9, length - 9));
    }

    public async Task<JsonNode> ReceiveControlAsync(CancellationToken cancellation)
    {
        while (await ReceiveAsync(cancellation) is { } message)
        {
            if (message.Kind == 3) return JsonNode.Parse(message.Bytes.Span)!;
        }

        throw new InvalidOperationException("The server closed.");
    }

    /// <summary>Output until it contains a text.</summary>
    public async Task<string> ReceiveTextAsync(string until, CancellationToken cancellation)
    {
        var text = "";
        while (!text.Contains(until, StringComparison.Ordinal))
        {
            if (await ReceiveAsync(cancellation) is not { } message) throw new InvalidOperationException($"The server closed after '{text}'.");
            if (message.Kind != 3) text += Encoding.UTF8.GetString(message.Bytes.Span);
        }

        return text;
    }

    public Task SendControlAsync(JsonObject control, CancellationToken cancellation) => SendAsync([3, .. Encoding.UTF8.GetBytes(control.ToJsonString())], cancellation);

    public Task SendStdinAsync(long offset, string text, CancellationToken cancellation)
    {
        var place = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(place, offset);
        return SendAsync([0, .. place, .. Encoding.UTF8.GetBytes(text)], cancellation);
    }

    /// <summary>As a broken connection does: no goodbye.</summary>
    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }

    private Task SendAsync(byte[] message, CancellationToken cancellation) => _socket.SendAsync(message, WebSocketMessageType.Binary, true, cancellation);
}
