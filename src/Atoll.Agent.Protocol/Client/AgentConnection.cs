using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Protocol.Client;

/// <summary>
/// One call to an agent, from the host's side: <see cref="OpenAsync"/> sends the Call, then Input frames go out and Output frames come in.
/// Disposing it before the last answer tells the agent to give the call up, unless the connection broke: of a call with an id the agent then keeps what belongs to it, for the connection
/// by which it is asked for again. One reader and one writer at a time, which may be different threads.
/// </summary>
public sealed class AgentConnection : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan HangUpLimit = TimeSpan.FromSeconds(1);
    private static readonly byte[] HangUpFrame = MakeHangUp();

    private readonly Socket _socket;
    private readonly SocketStream _stream;
    private readonly FrameReader _reader;
    private readonly bool _sayHangUp;
    private readonly TimeProvider _time;
    private CancellationTokenRegistration _breaking;
    private PayloadFrame? _payload;
    private long _acknowledged;
    private bool _over;

    /// <summary>Looks after the agent while an answer is awaited; null for none.</summary>
    internal AgentPulse? Pulse { private get; set; }

    /// <summary>Bytes of output after which the agent is told; 0 for calls that take no acknowledgement.</summary>
    public int AcknowledgeEvery { get; set; }

    private AgentConnection(Socket socket, bool sayHangUp, TimeProvider time)
    {
        (_socket, _sayHangUp, _time) = (socket, sayHangUp, time);
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
            var connection = new AgentConnection(socket, SaysHangUp(call), time);
            await FrameWriter.WriteAsync(connection._stream, call, FrameLimits.FirstFrame, both.Token);
            opened = true;
            return connection;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new AgentConnectionException("The agent does not answer.", failure) { Broken = true };
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

    /// <summary>In the middle of an input frame it would be taken for a part of that; there, closing is enough, as what has not come whole is not done.</summary>
    private static bool SaysHangUp(Call call) =>
        call.Id != 0 && call.RequestCase is not (Call.RequestOneofCase.WriteStdin or Call.RequestOneofCase.Write or Call.RequestOneofCase.Extract);

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

    /// <summary>From here on the connection counts as broken when <paramref name="broken"/> trips: whoever waits on it hears so, and nothing is said to the agent.</summary>
    public void BreakWith(CancellationToken broken) => _breaking = broken.UnsafeRegister(static connection => ((AgentConnection)connection!)._socket.Dispose(), this);

    /// <summary>The next answer, or null after the last: the agent closed its end. The bytes of a chunk or of data are valid until the next read.</summary>
    /// <exception cref="AgentConnectionException">The connection broke, what came is no answer, or the agent has stopped answering at all.</exception>
    public async ValueTask<Output?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var read = _reader.ReadBorrowingAsync(FrameLimits.Frame, cancellation);
            var output = Pulse is null || read.IsCompleted ? await read : await Pulse.AwaitAsync(read.AsTask(), this, cancellation);
            _over |= output?.KindCase is not (Output.KindOneofCase.Chunk or Output.KindOneofCase.Dropped or Output.KindOneofCase.Accepted);
            return output;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException || failure is IOException and not AgentConnectionException)
        {
            _over = true;
            throw new AgentConnectionException("The connection to the agent broke.", failure) { Broken = failure is not FrameException { Cut: false } };
        }
    }

    /// <summary>Tells the agent, if it is time to, that output up to an offset is here. One that cannot be told is no failure: the next read is.</summary>
    /// <param name="now">Whether or not it is time.</param>
    public ValueTask AcknowledgeAsync(long offset, bool now, CancellationToken cancellation)
    {
        if (AcknowledgeEvery == 0 || (!now && offset - _acknowledged < AcknowledgeEvery)) return ValueTask.CompletedTask;
        _acknowledged = offset;
        return RepeatAsync(cancellation);
    }

    /// <summary>Output up to here needs no acknowledgement.</summary>
    public void BeginAt(long offset) => _acknowledged = offset;

    /// <summary>Says again how far it has come. A connection of which the other side knows nothing any more is heard of by that.</summary>
    internal async ValueTask RepeatAsync(CancellationToken cancellation)
    {
        if (AcknowledgeEvery == 0) return;
        try
        {
            await FrameWriter.WriteAsync(_stream, new Input { Acknowledged = (ulong)_acknowledged }, FrameLimits.Frame, cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
        {
            // Whoever reads hears why.
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
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
        {
            throw new AgentConnectionException("The connection to the agent broke.", failure) { Broken = true };
        }
    }

    /// <summary>Sends Input.end: nothing follows.</summary>
    public async ValueTask EndInputAsync(CancellationToken cancellation)
    {
        try
        {
            await FrameWriter.WriteAsync(_stream, new Input { End = new Empty() }, FrameLimits.Frame, cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException)
        {
            throw new AgentConnectionException("The connection to the agent broke.", failure) { Broken = true };
        }
    }

    public async ValueTask DisposeAsync()
    {
        _breaking.Unregister();
        if (_sayHangUp && !_over) await HangUpAsync();
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    /// <summary>Closing waits for nothing; the agent takes it for a broken connection.</summary>
    public void Dispose()
    {
        _breaking.Unregister();
        _stream.Dispose();
        _socket.Dispose();
    }

    /// <summary>An agent that does not hear it takes the call's end for a broken connection, and gives it up later.</summary>
    private async Task HangUpAsync()
    {
        using var expiry = new CancellationTokenSource(HangUpLimit, _time);
        try
        {
            await _stream.WriteAsync(HangUpFrame, expiry.Token);
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone already.
        }
    }

    private static byte[] MakeHangUp()
    {
        using var frame = new MemoryStream();
        FrameWriter.WriteAsync(frame, new Input { HangUp = new Empty() }, FrameLimits.Frame, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return frame.ToArray();
    }
}
