using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Processes.Readiness;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Calls;

/// <summary>
/// Accepts connections, each for one call: reads the Call, checks the token and hands it to its handler. Whoever has not the token gets no word, little time and no place:
/// a connection is closed when its Call is not there within 5 s, and one from inside the sandbox at once when 32 wait (<see cref="Strangers"/>). Calls beyond the 512th are closed at once.
/// <para>Threads of its own wait in accept(2), so that the kernel wakes the one that goes on with the call: read, process started, all before it first waits. Two of them are always
/// waiting; one that finds no other waiting starts another, because starting a process may be held up from inside (its child can be stopped before it executes anything).</para>
/// </summary>
internal sealed class CallServer(Socket listener, Token token, Dictionary<Call.RequestOneofCase, ICallHandler> handlers, EventLoop loop, OpenCalls open, IdleTrim trim, TimeProvider time)
{
    private const int MaxCalls = 512;
    private const int MaxStrangers = 32;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Threads that wait for a connection.</summary>
    private const int Waiting = 2;

    private const int ThreadStack = 512 * 1024;

    private static readonly AutoResetEvent Never = new(false);
    private readonly AnsweredOnce _once = new();
    private readonly Strangers _strangers = new(MaxStrangers, MaxCalls);
    private int _calls;
    private int _waiting;

    /// <summary>Serves, on the calling thread and on others, until the listener is closed.</summary>
    public void Run()
    {
        StartPolling();
        for (var started = 1; started < Waiting; started++) StartThread();
        Interlocked.Increment(ref _waiting);
        Accept(stays: true);
    }

    /// <summary>The framework's thread for sockets that must wait: started now, because later, in a sandbox that has used up its processes, none might be had, and that is not tried twice.</summary>
    private static void StartPolling()
    {
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var never = unused.ReceiveAsync(new byte[1]);
        _ = never.ContinueWith(ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void StartThread()
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            new Thread(() => Accept(stays: false), ThreadStack) { IsBackground = true }.Start();
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException)
        {
            // The sandbox has no process left, or no memory: calls wait for the threads there are.
            Interlocked.Decrement(ref _waiting);
        }
    }

    private void Accept(bool stays)
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = listener.Accept();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A connection reset before it was accepted, or no descriptor or memory free: neither may end process 1.
                Never.WaitOne(AcceptPause);
                continue;
            }

            if (Interlocked.Decrement(ref _waiting) == 0) StartThread();
            Begin(accepted);
            if (Interlocked.Increment(ref _waiting) <= Waiting || stays) continue;
            Interlocked.Decrement(ref _waiting);
            return;
        }
    }

    private void Begin(Socket accepted)
    {
        if (MayWait(accepted)) _ = ServeAsync(accepted);
        else accepted.Dispose();
    }

    private bool MayWait(Socket accepted)
    {
        try
        {
            return _strangers.TryEnter(accepted);
        }
        catch (SocketException)
        {
            // Gone already; and nobody is waited for.
            _strangers.Leave();
            return false;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var waits = true;
        try
        {
            using (socket)
            {
                socket.NoDelay = true;
                using var stream = new NetworkStream(socket, ownsSocket: false);
                var reader = new FrameReader(stream);
                var call = await ReadCallAsync(reader);
                _strangers.Leave();
                waits = false;
                if (call is not null) await CountedAsync(call, socket, stream, reader);
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The host went away or does not speak the protocol: the connection is closed, and there is nobody to tell.
        }
        finally
        {
            if (waits) _strangers.Leave();
        }
    }

    private async Task CountedAsync(Call call, Socket socket, NetworkStream stream, FrameReader reader)
    {
        try
        {
            if (Interlocked.Increment(ref _calls) <= MaxCalls) await AnswerAsync(call, socket, stream, reader);
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
            trim.Used(call);
        }
    }

    private async Task AnswerAsync(Call call, Socket socket, NetworkStream stream, FrameReader reader)
    {
        using var context = new CallContext(call, socket, stream, reader, loop);
        open.Add(context);
        try
        {
            await AnswerAsync(context, socket, stream);
        }
        finally
        {
            open.Remove(context);
        }
    }

    private async Task AnswerAsync(CallContext context, Socket socket, NetworkStream stream)
    {
        if (!handlers.TryGetValue(context.Call.RequestCase, out var handler))
        {
            await context.FailAsync(FailureCode.InvalidRequest, "This agent does not know that kind of call.");
            return;
        }

        if (!handler.Brief && !Thread.CurrentThread.IsThreadPoolThread) await Task.Yield();
        if (!handler.TakesInput) context.WatchForHangUp();
        await HandleAsync(handler, context);
        socket.Shutdown(SocketShutdown.Send);
        if (!context.InputEnded) await DrainAsync(stream);
    }

    private async Task HandleAsync(ICallHandler handler, CallContext context)
    {
        try
        {
            if (context.Call.Id != 0 && CallIds.AnsweredOnce(context.Call.RequestCase)) await _once.HandleAsync(handler, context);
            else await handler.HandleAsync(context);
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
