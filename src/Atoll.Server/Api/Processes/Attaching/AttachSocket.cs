using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Api.Processes.Attaching;

/// <summary>The frames of one attached client. Threads: sends may come from several flows and are put in a row; one flow receives.</summary>
internal sealed class AttachSocket(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim _sending = new(1);
    private byte[] _received = new byte[16 * 1024];

    public async Task SendAsync(OutputChunk chunk, CancellationToken cancellation)
    {
        var length = AttachFrames.DataHead + chunk.Bytes.Length;
        var frame = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            frame[0] = chunk.Stream switch { OutputStream.Stdout => AttachFrames.Stdout, OutputStream.Stderr => AttachFrames.Stderr, _ => AttachFrames.Terminal };
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(1), chunk.Offset);
            chunk.Bytes.CopyTo(frame.AsMemory(AttachFrames.DataHead));
            await SendAsync(frame.AsMemory(0, length), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    public Task SendAsync(AttachEvent control, CancellationToken cancellation) =>
        SendAsync(new ReadOnlyMemory<byte>([AttachFrames.Control, .. JsonSerializer.SerializeToUtf8Bytes(control, AttachJson.Wire.AttachEvent)]), cancellation);

    public Task SendAsync(Fault fault, CancellationToken cancellation) => SendAsync(new AttachEvent("error") { Problem = Problem.Of(fault) }, cancellation);

    /// <summary>The next whole message, valid until the next call; null when the client has closed. Breaking the protocol throws a <see cref="RefusedException"/>.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellation)
    {
        var length = 0;
        while (true)
        {
            if (length == _received.Length)
            {
                if (length > AttachFrames.MaxMessageBytes + AttachFrames.DataHead) throw new RefusedException(HttpFaults.TooLarge("A message must be at most 1 MiB."));
                Array.Resize(ref _received, length * 2);
            }

            var part = await socket.ReceiveAsync(_received.AsMemory(length), cancellation);
            if (part.MessageType is WebSocketMessageType.Close) return null;
            if (part.MessageType is WebSocketMessageType.Text) throw new RefusedException(HttpFaults.Invalid("Messages must be binary."));
            length += part.Count;
            if (!part.EndOfMessage) continue;
            if (length > AttachFrames.MaxMessageBytes + AttachFrames.DataHead) throw new RefusedException(HttpFaults.TooLarge("A message must be at most 1 MiB."));
            return _received.AsMemory(0, length);
        }
    }

    public async Task CloseAsync(WebSocketCloseStatus status, string? why, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, why, cancellation);
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose() => _sending.Dispose();

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellation);
        }
        finally
        {
            _sending.Release();
        }
    }
}
