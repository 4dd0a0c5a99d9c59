using System.Net;
using System.Net.Sockets;
using Atoll.Machine.Native.Namespaces;
using Atoll.Machine.Native.Netlink;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Networking;

/// <summary>
/// A host with a public-looking address, on a cable of its own to this one: a namespace whose TCP and UDP echo answer on every port they are started on.
/// Each has a /28 of 203.0.113.0/24 at random, so that tests running side by side rarely meet; a taken one is tried again.
/// </summary>
internal sealed class FakeInternet : IDisposable
{
    private readonly string _path;
    private readonly int _link;
    private readonly RouteSocket _host = new();
    private readonly List<Socket> _sockets = [];
    private readonly CancellationTokenSource _stop = new();

    public FakeInternet(Scratch scratch)
    {
        _path = scratch.PathOf("internet");
        NetworkNamespace.Create(_path, () =>
        {
            using var route = new RouteSocket();
            route.SetUp(1);
        });
        try
        {
            using (var inside = File.OpenHandle(_path)) _host.CreateVeth(scratch.Instance + "net", "eth0", [2, 0, 0, 0, 0, 9], inside);
            _link = int.Parse(File.ReadAllText($"/sys/class/net/{scratch.Instance}net/ifindex"));
            var block = FreeBlock();
            HostAddress = IPAddress.Parse($"203.0.113.{block + 1}");
            Address = IPAddress.Parse($"203.0.113.{block + 2}");
            _host.AddAddress(_link, HostAddress, 28);
            _host.SetUp(_link);
            NetworkNamespace.Run(_path, () =>
            {
                using var route = new RouteSocket();
                var own = route.Links().Single(link => link.Name == "eth0").Index;
                route.SetUp(own);
                route.AddAddress(own, Address, 28);
                // The way to everything is this host: so the outside can try to open connections to slots.
                route.AddDefaultRoute(own, HostAddress);
                return 0;
            });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IPAddress Address { get; } = IPAddress.None;

    /// <summary>This host's public-looking address on that cable.</summary>
    public IPAddress HostAddress { get; } = IPAddress.None;

    public string NamespacePath => _path;

    /// <summary>The addresses that the echo saw its peers come from.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<IPAddress> Seen { get; } = new();

    public IPEndPoint StartTcpEcho()
    {
        var listener = NetworkNamespace.Run(_path, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _sockets.Add(listener);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen(512);
        _ = AcceptAsync(listener);
        return new IPEndPoint(Address, ((IPEndPoint)listener.LocalEndPoint!).Port);
    }

    public IPEndPoint StartUdpEcho()
    {
        var socket = NetworkNamespace.Run(_path, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        _ = ReflectAsync(socket);
        return new IPEndPoint(Address, ((IPEndPoint)socket.LocalEndPoint!).Port);
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var socket in _sockets) socket.Dispose();
        if (_link > 0) _host.DeleteLinks([_link]);
        _host.Dispose();
        NetworkNamespace.Remove(_path);
        _stop.Dispose();
    }

    private int FreeBlock()
    {
        var taken = _host.Addresses().Select(address => address.Address.ToString()).ToHashSet();
        return Enumerable.Range(0, 16).Select(i => i * 16).OrderBy(_ => Random.Shared.Next()).First(block => !taken.Contains($"203.0.113.{block + 1}"));
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true) _ = EchoAsync(await listener.AcceptAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task EchoAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                Seen.Enqueue(((IPEndPoint)socket.RemoteEndPoint!).Address);
                await using var stream = new NetworkStream(socket);
                await stream.CopyToAsync(stream, 64 * 1024, _stop.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException)
            {
                // The peer went.
            }
        }
    }

    private async Task ReflectAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                Seen.Enqueue(((IPEndPoint)received.RemoteEndPoint).Address);
                await socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
