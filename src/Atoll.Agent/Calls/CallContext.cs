using System.Net.Sockets;
using Atoll.Agent.Native;
using Atoll.Agent.Processes.Readiness;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>
/// One call and its connection. A handler reads input (if its kind takes any), writes any number of outputs and returns; the connection is closed for it.
/// One reader and one writer at a time.
/// </summary>
internal sealed class CallContext(Call call, Socket socket, Stream stream, FrameReader reader, EventLoop loop) : IPolled, IDisposable
{
    private readonly CancellationTokenSource _hangUp = new();
    private ulong _watched;

    public Call Call { get; } = call;

    /// <summary>
    /// Trips when the host closes its end before the call is over. While input is still to come only <see cref="ReadInputAsync"/> can notice that: it throws.
    /// </summary>
    public CancellationToken HungUp => _hangUp.Token;

    /// <summary>Input.end has been read, or this kind of call takes none.</summary>
    public bool InputEnded { get; private set; }

    /// <summary>The next bytes of input, or null at its end. Copies nothing; the memory stays valid.</summary>
    /// <exception cref="FrameException">The host closed before Input.end, or sent what is no input.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadInputAsync()
    {
        if (InputEnded) return null;
        var input = await reader.ReadAsync(Input.Parser, FrameLimits.Frame, HungUp) ?? throw new FrameException("The host closed before the end of its input.");
        switch (input.KindCase)
        {
            case Input.KindOneofCase.Data:
                return input.Data.Memory;
            case Input.KindOneofCase.End:
                WatchForHangUp();
                return null;
            default:
                throw new FrameException("An input frame of no known kind.");
        }
    }

    public ValueTask WriteAsync(Output output) => FrameWriter.WriteAsync(stream, output, FrameLimits.Frame, HungUp);

    /// <summary>Writes a frame that a <see cref="PayloadFrame"/> was sealed to.</summary>
    public ValueTask WriteFrameAsync(ReadOnlyMemory<byte> frame) => stream.WriteAsync(frame, HungUp);

    public ValueTask DoneAsync() => WriteAsync(new Output { Done = new Empty() });

    /// <summary>Ends the call with a failure: the handler writes nothing after it.</summary>
    public ValueTask FailAsync(FailureCode code, string message) => WriteAsync(new Output { Failure = new Failure { Code = code, Message = message } });

    /// <summary>From here on nothing may come from the host but the end of the connection. Anything else breaks the protocol, which ends the call as well as a close does.</summary>
    internal void WatchForHangUp()
    {
        InputEnded = true;
        _watched = loop.Watch((int)socket.Handle, Polling.Readable, this);
        if (_watched == 0) throw new IOException("The kernel does not watch the connection.");
    }

    /// <summary>Closed, reset, or broken: either way it is over. What that ends goes on on a thread of the pool.</summary>
    public void OnReady(uint events)
    {
        Unwatch();
        _ = HangUpAsync();
    }

    /// <summary>As if the host had closed.</summary>
    public void HangUp()
    {
        Unwatch();
        _ = Task.Run(HangUpAsync);
    }

    public void Dispose()
    {
        Unwatch();
        _hangUp.Dispose();
    }

    private async Task HangUpAsync()
    {
        try
        {
            await _hangUp.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The call had ended already.
        }
    }

    private void Unwatch()
    {
        if (Interlocked.Exchange(ref _watched, 0) is var key and not 0) loop.Unwatch((int)socket.Handle, key);
    }
}
