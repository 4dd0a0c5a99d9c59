using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Atoll.Agent.Tests.Real;

/// <summary>
/// Stands between a host and its agent, and cuts connections: each after as many bytes, both ways together, as <paramref name="life"/> says, mostly by a reset of both ends as a memory checkpoint does it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Its token has no timer, and is asked after the end as well.")]
public sealed class CutLink(IPEndPoint agent, Func<long?> life) : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly HashSet<(Socket Host, Socket Agent)> _open = [];
    private int _cuts;

    public int Cuts => Volatile.Read(ref _cuts);

    public IPEndPoint Start()
    {
        _listener.Start(512);
        _ = AcceptAsync();
        return (IPEndPoint)_listener.LocalEndpoint;
    }

    /// <summary>Cuts all that stand now.</summary>
    public void CutAll()
    {
        (Socket, Socket)[] open;
        lock (_lock) open = [.. _open];
        foreach (var pair in open) Cut(pair);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        CutAll();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var host = await _listener.AcceptSocketAsync(_over.Token);
                _ = ServeAsync(host);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket host)
    {
        var guest = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        host.NoDelay = true;
        var pair = (host, guest);
        lock (_lock) _open.Add(pair);
        try
        {
            await guest.ConnectAsync(agent, _over.Token);
            var left = new Budget(life());
            await Task.WhenAll(PumpAsync(host, guest, left, pair), PumpAsync(guest, host, left, pair));
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, or one end has reset it: the other hears so.
            Reset(host);
            Reset(guest);
        }
        finally
        {
            lock (_lock) _open.Remove(pair);
            host.Dispose();
            guest.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Budget left, (Socket, Socket) pair)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _over.Token) is > 0 and var count)
        {
            var allowed = left.Take(count);
            await to.SendAsync(buffer.AsMemory(0, allowed), _over.Token);
            if (allowed == count) continue;
            Cut(pair);
            throw new OperationCanceledException();
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private void Cut((Socket Host, Socket Agent) pair)
    {
        Interlocked.Increment(ref _cuts);
        Reset(pair.Host);
        Reset(pair.Agent);
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }

        socket.Dispose();
    }

    private sealed class Budget(long? bytes)
    {
        private readonly Lock _lock = new();
        private long _left = bytes ?? long.MaxValue;

        public int Take(int wanted)
        {
            lock (_lock)
            {
                var taken = (int)Math.Min(wanted, _left);
                _left -= taken;
                return taken;
            }
        }
    }
}
