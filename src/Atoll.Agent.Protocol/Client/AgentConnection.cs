using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Protocol.Client;

/// <summary>
/// One call to an agent, from the host's side: <see cref="OpenAsync"/> sends the Call, then Input frames go out and Output frames come in.
/// Disposing it before the last answer tells the agent to give the call up. One reader and one writer at a time, which may be different threads.
/// </summary>
public sealed class AgentConnection : IAsyncDisposable, IDisposable
{
    private readonly Socket _socket;
    private readonly SocketStream _stream;
    private readonly FrameReader _reader;
    private PayloadFrame? _payload;

    /// <summary>Looks after the agent while an answer is awaited; null for none.</summary>
    internal AgentPulse? Pulse { private get; set; }

    private AgentConnection(Socket socket)
    {
        _socket = socket;
        _stream = new SocketStream(socket);
        _reader = new FrameReader(_stream);
    }

    /// <summary>Connects and sends the call. Its token and version must be set.</summary>
    /// <exception cref="AgentConnectionException">Nobody answers within <paramref name="limit"/>, or the connection broke.</exception>
    public static async Task<AgentConnection> OpenAsync(EndPoint endpoint, Call call, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        Socket? socket = null;
        using var expiry = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        var opened = false;
        try
        {
            socket = await ConnectAsync(endpoint, both.Token);
            var connection = new AgentConnection(socket);
            await FrameWriter.WriteAsync(connection._stream, call, FrameLimits.FirstFrame, both.Token);
            opened = true;
            return connection;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new AgentConnectionException("The agent does not answer.", failure);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw new AgentConnectionException($"The agent did not answer within {limit.TotalSeconds:0.###} s.", failure);
        }
        finally
        {
            if (!opened) socket?.Dispose();
        }
    }

    private static async ValueTask<Socket> ConnectAsync(EndPoint endpoint, CancellationToken cancellation)
    {
        if (endpoint is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } address) return DirectSocket.Connect(address);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next answer, or null after the last: the agent closed its end. The bytes of a chunk or of data are valid until the next read.</summary>
    /// <exception cref="AgentConnectionException">The connection broke, what came is no answer, or the agent has stopped answering at all.</exception>
    public async ValueTask<Output?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var read = _reader.ReadBorrowingAsync(FrameLimits.Frame, cancellation);
            return Pulse is null || read.IsCompleted ? await read : await Pulse.AwaitAsync(read.AsTask(), cancellation);
        }
        catch (Exception failure) when (failure is SocketException || failure is IOException and not AgentConnectionException)
        {
            throw new AgentConnectionException("The connection to the agent broke.", failure);
        }
    }

    /// <summary>Sends bytes as Input.data, in as many frames as they need.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var frame = _payload ??= new PayloadFrame(FrameLimits.Payload);
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, frame.Payload.Length)];
            part.CopyTo(frame.Payload);
            await SendFrameAsync(frame.SealInputData(part.Length), cancellation);
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Sends what <paramref name="frame"/> was sealed to.</summary>
    public async ValueTask SendFrameAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        try
        {
            await _stream.WriteAsync(frame, cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            throw new AgentConnectionException("The connection to the agent broke.", failure);
        }
    }

    /// <summary>Sends Input.end: nothing follows.</summary>
    public async ValueTask EndInputAsync(CancellationToken cancellation)
    {
        try
        {
            await FrameWriter.WriteAsync(_stream, new Input { End = new Empty() }, FrameLimits.Frame, cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            throw new AgentConnectionException("The connection to the agent broke.", failure);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closing waits for nothing.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }
}
