using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json;
using Atoll.Client.Wire;

namespace Atoll.Client.Attaching;

/// <summary>One connection to a process: messages in and out as docs/protocol-attach.md frames them. One reader and one writer at a time.</summary>
internal sealed class AttachSocket(WebSocket socket) : IDisposable
{
    public const byte StdinFrame = 0;
    public const byte StdoutFrame = 1;
    public const byte StderrFrame = 2;
    public const byte ControlFrame = 3;
    public const byte TerminalFrame = 4;
    public const int HeaderBytes = 9;

    // Frames are at most 1 MiB of output and a header; a server that sends more is broken.
    private const int LargestMessage = (1024 * 1024) + 4096;

    private byte[] _buffer = new byte[64 * 1024];

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    /// <summary>The next message, valid until the next call; empty when the server has closed.</summary>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellation)
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellation);
            if (part.MessageType == WebSocketMessageType.Close) return default;
            length += part.Count;
            if (part.EndOfMessage) return _buffer.AsMemory(0, length);
            if (length < _buffer.Length) continue;
            if (length >= LargestMessage) throw new WebSocketException(WebSocketError.InvalidMessageType, $"A message is larger than {LargestMessage} bytes.");
            Array.Resize(ref _buffer, Math.Min(length * 2, LargestMessage));
        }
    }

    public Task SendStdinAsync(long offset, byte[] bytes, CancellationToken cancellation)
    {
        var message = new byte[HeaderBytes + bytes.Length];
        message[0] = StdinFrame;
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(1), offset);
        bytes.CopyTo(message, HeaderBytes);
        return socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
    }

    public Task SendEndAsync(CancellationToken cancellation) =>
        socket.SendAsync("\u0003{\"type\":\"eof\"}"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, cancellation);

    public static AttachControl Control(ReadOnlyMemory<byte> message) =>
        JsonSerializer.Deserialize(message.Span[1..], WireJson.Default.AttachControl) ?? throw new JsonException("A control message is null.");

    public static long Offset(ReadOnlyMemory<byte> message) =>
        message.Length >= HeaderBytes ? BinaryPrimitives.ReadInt64BigEndian(message.Span[1..]) : throw new JsonException("An output message is too short.");

    public void Dispose() => socket.Dispose();
}
