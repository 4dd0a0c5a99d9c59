using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Atoll.Cli.Tests.Fakes;

/// <summary>The server's end of one attachment, as docs/protocol-attach.md has it.</summary>
internal sealed class FakeAttachment(HttpContext http, WebSocket socket)
{
    public long Offset { get; } = long.Parse(http.Request.Query["offset"].ToString(), System.Globalization.CultureInfo.InvariantCulture);

    public bool Pacing => http.Request.Query["pacing"] == "true";

    /// <summary>Answers attachments to process 42 of a sandbox; each is numbered from 1.</summary>
    public static void Serve(FakeAtoll atoll, string sandbox, Func<FakeAttachment, int, Task> talk)
    {
        var attempts = 0;
        atoll.On($"GET /v1/sandboxes/{sandbox}/processes/42/attach", async http =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            await talk(new(http, socket), Interlocked.Increment(ref attempts));
        });
    }

    public Task AttachedAsync(long stdinOffset = 0) => ControlAsync($$"""{"type":"attached","pid":42,"pty":false,"outputStart":0,"outputEnd":0,"stdinOffset":{{stdinOffset}}}""");

    public Task OutputAsync(byte stream, long offset, ReadOnlySpan<byte> bytes)
    {
        var message = new byte[9 + bytes.Length];
        message[0] = stream;
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(1), offset);
        bytes.CopyTo(message.AsSpan(9));
        return SendAsync(message);
    }

    public Task ControlAsync(string json) => SendAsync([3, .. Encoding.UTF8.GetBytes(json)]);

    public async Task ExitAsync(int code)
    {
        await ControlAsync($$"""{"type":"exit","exitCode":{{code}},"signal":null,"timedOut":false}""");
        await CloseAsync(WebSocketCloseStatus.NormalClosure);
    }

    public Task CloseAsync(WebSocketCloseStatus status) => socket.CloseOutputAsync(status, null, http.RequestAborted);

    /// <summary>Cuts the connection without a word.</summary>
    public void Cut() => http.Abort();

    /// <summary>The next message of the client; null when it is gone.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        var buffer = new byte[1024 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), http.RequestAborted);
                if (part.MessageType == WebSocketMessageType.Close) return null;
                length += part.Count;
                if (part.EndOfMessage) return buffer[..length];
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Takes stdin until its end and acknowledges each frame; null when the client goes away first.</summary>
    public async Task<byte[]?> TakeStdinAsync()
    {
        using var stdin = new MemoryStream();
        while (await ReceiveAsync() is { } message)
        {
            if (message[0] == 3) return stdin.ToArray();
            Assert.Equal(stdin.Length, BinaryPrimitives.ReadInt64BigEndian(message.AsSpan(1)));
            stdin.Write(message.AsSpan(9));
            await ControlAsync($$"""{"type":"stdin","offset":{{stdin.Length}}}""");
        }

        return null;
    }

    private Task SendAsync(byte[] message) => socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, http.RequestAborted);
}
