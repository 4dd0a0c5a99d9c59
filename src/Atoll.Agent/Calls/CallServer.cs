using System.Net.Sockets;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>
/// Accepts connections, each for one call: reads the Call, checks the token and hands it to its handler. Whoever has not the token gets no word and no time:
/// a connection is closed when its Call is not there within 10 s, and connections beyond the 512th are closed at once.
/// </summary>
internal sealed class CallServer(Socket listener, Token token, Dictionary<Call.RequestOneofCase, ICallHandler> handlers, IdleTrim trim, TimeProvider time)
{
    private const int MaxConnections = 512;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    private int _connections;

    public async Task RunAsync()
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = await listener.AcceptAsync();
            }
            catch (SocketException)
            {
                // A connection reset before it was accepted, or no descriptor or memory free: neither may end process 1.
                await Task.Delay(AcceptPause, time);
                continue;
            }

            if (Interlocked.Increment(ref _connections) > MaxConnections)
            {
                Interlocked.Decrement(ref _connections);
                accepted.Dispose();
                continue;
            }

            _ = ServeAsync(accepted);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                socket.NoDelay = true;
                using var stream = new NetworkStream(socket, ownsSocket: false);
                await AnswerAsync(socket, stream);
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The host went away or does not speak the protocol: the connection is closed, and there is nobody to tell.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task AnswerAsync(Socket socket, NetworkStream stream)
    {
        var reader = new FrameReader(stream);
        var call = await ReadCallAsync(reader);
        if (call is null) return;
        try
        {
            await AnswerAsync(call, socket, stream, reader);
        }
        finally
        {
            trim.Used(call);
        }
    }

    private async Task AnswerAsync(Call call, Socket socket, NetworkStream stream, FrameReader reader)
    {
        using var context = new CallContext(call, stream, reader);
        if (!handlers.TryGetValue(call.RequestCase, out var handler))
        {
            await context.FailAsync(FailureCode.InvalidRequest, "This agent does not know that kind of call.");
            return;
        }

        if (!handler.TakesInput) context.WatchForHangUp();
        await HandleAsync(handler, context);
        socket.Shutdown(SocketShutdown.Send);
        if (!context.InputEnded) await DrainAsync(stream);
    }

    private static async Task HandleAsync(ICallHandler handler, CallContext context)
    {
        try
        {
            await handler.HandleAsync(context);
        }
        catch (Exception failure) when (failure is not (IOException or SocketException or OperationCanceledException or ObjectDisposedException))
        {
            await context.FailAsync(FailureCode.Internal, $"The agent failed: {failure.GetType().Name}.");
        }
    }

    private async Task<Call?> ReadCallAsync(FrameReader reader)
    {
        using var expiry = new CancellationTokenSource(CallLimit, time);
        var call = await reader.ReadAsync(Call.Parser, FrameLimits.FirstFrame, expiry.Token);
        return call is not null && call.Version == AgentClient.ProtocolVersion && token.Matches(call.Token.Span) ? call : null;
    }

    /// <summary>
    /// Reads and drops what the host still sends after a call that failed early. Closing with unread bytes would reset the connection, and the reset could overtake the failure.
    /// </summary>
    private async Task DrainAsync(NetworkStream stream)
    {
        using var expiry = new CancellationTokenSource(DrainLimit, time);
        var sink = new byte[16 * 1024];
        while (await stream.ReadAsync(sink, expiry.Token) > 0)
        {
        }
    }
}
