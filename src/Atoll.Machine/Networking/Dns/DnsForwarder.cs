using System.Net;
using System.Net.Sockets;
using Atoll.Machine.Hosting;
using Atoll.Machine.Networking.Addresses;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Networking.Dns;

/// <summary>
/// Names for sandboxes, which never reach a name server themselves. One UDP and one TCP socket on a port of its own serve all: the rules send what a slot asks of its gateway's
/// port 53 there. So nothing has to be bound as slots come and go, a resolver that already has port 53 of this host is in nobody's way, and what did not come through the
/// rules is dropped by them.
/// <para>An answer may name a private address; it is passed on, since the rules keep the sandbox from reaching it.</para>
/// </summary>
internal sealed partial class DnsForwarder(AddressPlan plan, NetworkOptions options, DnsExchange exchange, TimeProvider time, ILogger<DnsForwarder> log) : IAsyncDisposable
{
    private const int MaxDatagram = 4096;
    private const int ReceiveBuffer = 1024 * 1024;
    private const int MaxConnections = 256;
    private const int MaxConnectionsPerSlot = 8;
    private static readonly TimeSpan IdleConnection = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _stop = new();
    private readonly DnsQuota _queries = new(options.MaxDnsQueries, options.MaxDnsQueriesPerSandbox);
    private readonly DnsQuota _connections = new(MaxConnections, MaxConnectionsPerSlot);
    private Socket? _udp;
    private Socket? _tcp;
    private Task _work = Task.CompletedTask;

    /// <summary>The questions and connections that were dropped because a bound was reached.</summary>
    public long Dropped => _queries.Refused + _connections.Refused;

    /// <summary>Starts serving, on <paramref name="wanted"/> if it can be had: with the port it had before a restart, no connection a sandbox still holds is lost.</summary>
    /// <returns>The port.</returns>
    public int Start(int wanted)
    {
        const int attempts = 16;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Bind(attempt == 0 ? wanted : 0);
                break;
            }
            catch (SocketException) when (attempt < attempts)
            {
                // The number is taken, of UDP or of TCP: another one.
                _udp?.Dispose();
                _tcp?.Dispose();
            }
        }

        _work = Task.WhenAll(
            BackgroundLoop.RunAsync("Names over UDP", ServeUdpAsync, time, log, _stop.Token), BackgroundLoop.RunAsync("Names over TCP", ServeTcpAsync, time, log, _stop.Token));
        return ((IPEndPoint)_udp!.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        // The source itself is not disposed: answers under way still look at it.
        await _stop.CancelAsync();
        await _work;
        _udp?.Dispose();
        _tcp?.Dispose();
    }

    private void Bind(int port)
    {
        _udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = ReceiveBuffer };
        _udp.Bind(new IPEndPoint(IPAddress.Any, port));
        _tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _tcp.Bind(_udp.LocalEndPoint!);
        _tcp.Listen(MaxConnections);
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[MaxDatagram];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _udp!.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                var client = (IPEndPoint)received.RemoteEndPoint;
                var query = buffer.AsSpan(0, received.ReceivedBytes);
                if (plan.SlotOf(client.Address) is { } slot && DnsMessage.IsQuery(query) && _queries.TryEnter(slot)) _ = AnswerAsync(slot, query.ToArray(), client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException failure)
            {
                // An earlier reply that could not be delivered is reported here; it ends nothing.
                LogReceiveFailed(failure.SocketErrorCode);
            }
        }
    }

    private async Task AnswerAsync(int slot, byte[] query, IPEndPoint client)
    {
        try
        {
            var answer = await exchange.AskAsync(query, overTcp: false, _stop.Token);
            await _udp!.SendToAsync(answer, SocketFlags.None, client, _stop.Token);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The sandbox or the server is going: nobody waits for it.
        }
        finally
        {
            _queries.Leave(slot);
        }
    }

    private async Task ServeTcpAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _tcp!.AcceptAsync(_stop.Token);
                if (socket.RemoteEndPoint is IPEndPoint client && plan.SlotOf(client.Address) is { } slot && _connections.TryEnter(slot)) _ = ConverseAsync(slot, socket);
                else socket.Dispose();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException failure)
            {
                LogReceiveFailed(failure.SocketErrorCode);

                // Out of descriptors, most likely, which lasts a while: no busy loop.
                await Task.Delay(AfterFailure, time, CancellationToken.None);
            }
        }
    }

    private async Task ConverseAsync(int slot, Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            while (true)
            {
                using var idle = new CancellationTokenSource(IdleConnection, time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _stop.Token);
                if (await DnsExchange.ReadAsync(stream, both.Token) is not { } query || !DnsMessage.IsQuery(query) || !_queries.TryEnter(slot)) return;
                try
                {
                    var answer = await exchange.AskAsync(query, overTcp: true, _stop.Token);
                    await DnsExchange.WriteAsync(stream, answer, both.Token);
                }
                finally
                {
                    _queries.Leave(slot);
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            // The client went, was silent too long, or the server stops.
        }
        finally
        {
            _connections.Leave(slot);
        }
    }

    [LoggerMessage(4021, LogLevel.Debug, "The DNS forwarder's socket reported {Error}")]
    private partial void LogReceiveFailed(SocketError error);
}
