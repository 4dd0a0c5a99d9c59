using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Atoll.Client.Http;
using Atoll.Client.Processes;
using Atoll.Client.Wire;

namespace Atoll.Client.Attaching;

/// <summary>
/// A process's output and input over one connection that is made again whenever it breaks: output goes on at the offset reached, and input that the process
/// may not have got is sent again by its offset, so that nothing is lost and nothing doubled.
/// <para>Flow: read <see cref="ReadAsync"/> to its end (acknowledgements of input come that way too), write meanwhile; then <see cref="End"/> is there.</para>
/// <para>Threads: one reader and any number of writers at the same time.</para>
/// </summary>
public sealed class AttachedProcess : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(1);

    private readonly ApiConnection _connection;
    private readonly string _path;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly InputWindow _input = new();
    private readonly bool _pacing;
    private AttachSocket? _socket;
    private bool _attachedBefore;
    private long _next;
    private AtollException? _problem;

    internal AttachedProcess(ApiConnection connection, string path, long offset, bool pacing) => (_connection, _path, _next, _pacing) = (connection, path, offset, pacing);

    /// <summary>How the process ended; null until <see cref="ReadAsync"/> has come to its end.</summary>
    public ProcessEnd? End { get; private set; }

    /// <summary>How often the connection was made again.</summary>
    public int Reconnections { get; private set; }

    /// <summary>All output from where this began until the process has ended.</summary>
    /// <exception cref="AtollException">The process cannot be reached any more, or its sandbox has ended.</exception>
    public async IAsyncEnumerable<ProcessOutput> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (End is null)
        {
            ReadOnlyMemory<byte> message = default;
            Exception? broken = null;
            try
            {
                message = await _socket!.ReceiveAsync(cancellation);
            }
            catch (Exception failure) when (failure is WebSocketException or IOException)
            {
                broken = failure;
            }

            if (message.IsEmpty)
            {
                // A failure told right before the close is why it was closed; that the process takes no more input is not.
                if (broken is null && _problem is { Code: not "process_ended" } problem) throw problem;
                if (_socket!.CloseStatus == WebSocketCloseStatus.PolicyViolation) throw new AtollException(AtollCodes.UnexpectedReply, "The server did not understand this client.", "Check that client and server have the same version.");
                await ReconnectAsync(broken, cancellation);
                continue;
            }

            if (Understand(message) is { } output) yield return output;
        }
    }

    /// <summary>Sends input; waits while too much of it is under way. What the process no longer takes is dropped.</summary>
    /// <param name="bytes">At most 512 KiB.</param>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (await _input.AddAsync(bytes, cancellation) is { } added) await SendAsync(socket => socket.SendStdinAsync(added.Offset, added.Bytes, cancellation), cancellation);
    }

    /// <summary>Closes the process's stdin after what was written.</summary>
    public Task EndInputAsync(CancellationToken cancellation)
    {
        _input.End();
        return SendAsync(socket => socket.SendEndAsync(cancellation), cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _socket?.Dispose();
        _sending.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Connects, and waits for the server's first word: where output and input stand.</summary>
    internal async Task BeginAsync(CancellationToken cancellation)
    {
        await ConnectAsync(cancellation);
        try
        {
            var first = await _socket!.ReceiveAsync(cancellation);
            if (!first.IsEmpty) Understand(first);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException)
        {
            throw _connection.Lost(failure);
        }
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        var query = new Query(_path).With("offset", FormattableString.Invariant($"{_next}")).With("pacing", _pacing ? "true" : null);
        _socket = new(await _connection.OpenWebSocketAsync(query.ToString(), cancellation));
    }

    private ProcessOutput? Understand(ReadOnlyMemory<byte> message)
    {
        try
        {
            switch (message.Span[0])
            {
                case AttachSocket.StdoutFrame or AttachSocket.StderrFrame or AttachSocket.TerminalFrame:
                    _problem = null;
                    return Output(message);
                case AttachSocket.ControlFrame:
                    return Obey(AttachSocket.Control(message));
                default:
                    // A later server may tell more; what this client does not know it leaves alone.
                    return null;
            }
        }
        catch (JsonException failure)
        {
            throw new AtollException(AtollCodes.UnexpectedReply, "The server sent what this client does not understand.", "Check that client and server have the same version.", inner: failure);
        }
    }

    private ProcessOutput? Output(ReadOnlyMemory<byte> message)
    {
        var kind = message.Span[0] switch { AttachSocket.StdoutFrame => OutputKind.Stdout, AttachSocket.StderrFrame => OutputKind.Stderr, _ => OutputKind.Terminal };
        var (offset, bytes) = (AttachSocket.Offset(message), message[AttachSocket.HeaderBytes..]);
        // What was seen before the connection broke may come once more.
        if (offset < _next) (offset, bytes) = (_next, bytes[(int)Math.Min(_next - offset, bytes.Length)..]);
        _next = offset + bytes.Length;
        return bytes.IsEmpty ? null : new(kind, offset, bytes);
    }

    private ProcessOutput? Obey(AttachControl control)
    {
        switch (control.Type)
        {
            case "attached" when !_attachedBefore:
                _attachedBefore = true;
                if (_next < 0) _next = control.OutputEnd ?? 0;
                _input.StartAt(control.StdinOffset ?? 0);
                break;
            case "attached" or "stdin":
                _input.Acknowledge(control.StdinOffset ?? control.Offset ?? 0);
                break;
            case "dropped" when control.To > _next:
                var lost = control.To.Value - _next;
                _next = control.To.Value;
                return new(OutputKind.Lost, _next, default, lost);
            case "exit":
                End = new(control.ExitCode ?? 0, control.Signal, control.TimedOut ?? false);
                _input.Refuse();
                break;
            case "error":
                var problem = control.Problem;
                _problem = new(problem?.Code ?? AtollCodes.UnexpectedReply, problem?.Detail ?? "The server reported a failure without a word.", problem?.Hint);
                // Only input is asked for over this connection, so that is what was refused: stdin is closed.
                _input.Refuse();
                break;
        }

        return null;
    }

    // A connection that is not there now is not an error: the reader makes it again and sends what was kept.
    private async Task SendAsync(Func<AttachSocket, Task> send, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation);
        try
        {
            await send(_socket!);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            return;
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReconnectAsync(Exception? broken, CancellationToken cancellation)
    {
        var since = _connection.Time.GetTimestamp();
        await _sending.WaitAsync(cancellation);
        try
        {
            _socket!.Dispose();
            for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
            {
                try
                {
                    await ConnectAsync(cancellation);
                    foreach (var (offset, bytes) in _input.Unacknowledged()) await _socket.SendStdinAsync(offset, bytes, cancellation);
                    if (_input.Ended) await _socket.SendEndAsync(cancellation);
                    Reconnections++;
                    return;
                }
                catch (AtollException failure) when (failure.Code is AtollCodes.Unreachable or AtollCodes.UnexpectedReply or "shutting_down")
                {
                    broken = failure;
                }
                catch (Exception failure) when (failure is WebSocketException or IOException)
                {
                    broken = failure;
                }

                if (_connection.Time.GetElapsedTime(since) > GiveUpAfter) throw _connection.Lost(broken);
                await Task.Delay(wait, _connection.Time, cancellation);
            }
        }
        finally
        {
            _sending.Release();
        }
    }
}
