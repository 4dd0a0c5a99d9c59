using System.Net.Sockets;
using System.Runtime.InteropServices;
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
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _hangUp = new();
    private ControlReader? _control;
    private ulong _watched;
    private Heard _end;

    public Call Call { get; } = call;

    /// <summary>
    /// Trips when the host hangs up before the call is over, or the connection breaks (unless the call <see cref="Outlasts"/> that). While input is still to come only
    /// <see cref="ReadInputAsync"/> can notice either: it throws.
    /// </summary>
    public CancellationToken HungUp => _hangUp.Token;

    /// <summary>Input.end has been read, or this kind of call takes none.</summary>
    public bool InputEnded { get; private set; }

    /// <summary>It is worked on until it is done, with its connection or without.</summary>
    public bool Outlasts { get; set; }

    /// <summary>Called on the event loop's thread when the host tells how far it has come with the output.</summary>
    public Action<long>? Acknowledged { get; set; }

    /// <summary>The newest answer, whether or not it could be sent.</summary>
    public Output? Answer { get; private set; }

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

    public ValueTask WriteAsync(Output output)
    {
        Answer = output;
        return FrameWriter.WriteAsync(stream, output, FrameLimits.Frame, HungUp);
    }

    /// <summary>Writes a frame that a <see cref="PayloadFrame"/> was sealed to.</summary>
    public ValueTask WriteFrameAsync(ReadOnlyMemory<byte> frame) => stream.WriteAsync(frame, HungUp);

    public ValueTask DoneAsync() => WriteAsync(new Output { Done = new Empty() });

    /// <summary>Ends the call with a failure: the handler writes nothing after it.</summary>
    public ValueTask FailAsync(FailureCode code, string message) => WriteAsync(new Output { Failure = new Failure { Code = code, Message = message } });

    /// <summary>Ends it as if the host had closed: another connection has taken its place.</summary>
    public void GiveWay() => _ = HangUpAsync();

    /// <summary>After the connection failed: whether the host had said that it hangs up. Its last word may not have been read yet.</summary>
    public bool SaidHangUp()
    {
        lock (_gate)
        {
            while (_end is Heard.Nothing or Heard.Acknowledgement)
            {
                _end = Receive();
                if (_end is Heard.Nothing) _end = Heard.Break;
            }

            return _end is Heard.HangUp;
        }
    }

    /// <summary>From here on only acknowledgements may come from the host, where they are taken, and the end of the connection. Anything else ends the call as well as a close does.</summary>
    internal void WatchForHangUp()
    {
        InputEnded = true;
        var early = reader.TakeBuffered();
        lock (_gate)
        {
            if (!early.IsEmpty && !Take(early)) _end = Heard.HangUp;
            _watched = loop.Watch((int)socket.Handle, Polling.Readable, this);
            if (_watched == 0) throw new IOException("The kernel does not watch the connection.");
        }

        if (_end is Heard.HangUp) GiveWay();
    }

    /// <summary>Something to read: mostly the end. What that ends goes on on a thread of the pool.</summary>
    public void OnReady(uint events)
    {
        lock (_gate)
        {
            // Else it was unwatched meanwhile, and its descriptor may be another's.
            if (_watched == 0) return;
            var heard = Receive();
            if (heard is Heard.Nothing or Heard.Acknowledgement) return;
            Unwatch();
            _end = heard;
            if (heard is Heard.Break && Outlasts) return;
        }

        _ = HangUpAsync();
    }

    /// <summary>As if the connection had broken: the host comes back by another, if it wants to.</summary>
    public void Break()
    {
        lock (_gate)
        {
            if (_end is Heard.Nothing or Heard.Acknowledgement) _end = Heard.Break;
            Unwatch();
            if (Outlasts) return;
        }

        _ = Task.Run(HangUpAsync);
    }

    public void Dispose()
    {
        lock (_gate) Unwatch();
        _hangUp.Dispose();
    }

    private Heard Receive()
    {
        Span<byte> bytes = stackalloc byte[256];
        var count = Descriptors.Receive((int)socket.Handle, bytes);
        if (count > 0) return Take(bytes[..count]) ? Heard.Acknowledgement : Heard.HangUp;
        return count < 0 && Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted ? Heard.Nothing : Heard.Break;
    }

    private bool Take(ReadOnlySpan<byte> bytes) => (_control ??= new ControlReader()).Read(bytes, Acknowledged);

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
        if (_watched != 0) loop.Unwatch((int)socket.Handle, _watched);
        _watched = 0;
    }

    private enum Heard
    {
        Nothing,
        Acknowledgement,
        HangUp,
        Break,
    }
}
