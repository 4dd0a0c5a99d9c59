using System.Globalization;
using System.Net;
using Atoll.Machine.Native;
using Atoll.Machine.Native.Namespaces;
using Atoll.Machine.Native.Netlink;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Vessels;

/// <summary>
/// A network namespace's interfaces as a sentry's own network stack takes them over, the way <c>runsc</c> of 20240729 does (runsc/sandbox/network.go): addresses and routes are told to the sentry and
/// taken off the interface, whose packets it gets by a packet socket. IPv4 alone, as there is nothing else in a slot.
/// </summary>
/// <param name="argument">JSON, as <c>Network.CreateLinksAndRoutes</c> takes it.</param>
/// <param name="sockets">One for each interface in it.</param>
internal sealed class SentryLinks(string argument, IReadOnlyList<SafeFileHandle> sockets) : IDisposable
{
    private const string Loopback = "lo";
    private const string NoRoute = """{"Route":{"Destination":{"IP":"","Mask":null},"Gateway":""},"Name":""}""";

    public string Argument => argument;

    public IReadOnlyList<SafeFileHandle> Sockets => sockets;

    /// <param name="path">The namespace's; empty: none, and the sentry gets no interface.</param>
    /// <exception cref="IOException">The kernel refused. Addresses may be gone.</exception>
    public static SentryLinks TakeFrom(string path) => path.Length == 0 ? new(Json("null", "null", NoRoute), []) : NetworkNamespace.Run(path, Take);

    public void Dispose()
    {
        foreach (var socket in sockets) socket.Dispose();
    }

    private static SentryLinks Take()
    {
        using var route = new RouteSocket();
        var (addresses, routes) = (route.Addresses().Where(address => address.Address.GetAddressBytes().Length == 4).ToArray(), route.Routes());
        List<string> loopbacks = [], links = [];
        List<SafeFileHandle> sockets = [];
        var gateway = NoRoute;
        try
        {
            foreach (var link in route.Links().Where(link => link.Up))
            {
                var own = addresses.Where(address => address.Link == link.Index).ToArray();
                if (own.Length == 0) continue;
                var told = string.Join(',', own.Select(address => Text($$"""{"Address":"{{address.Address}}","PrefixLen":{{address.PrefixLength}}}""")));
                if (link.Name == Loopback)
                {
                    loopbacks.Add(Text($$"""{"Name":"lo","Addresses":[{{told}}],"Routes":[{{string.Join(',', own.Select(address => Route(address.Address, address.PrefixLength)))}}],"GVisorGRO":false}"""));
                    continue;
                }

                var direct = routes.Where(found => found.Link == link.Index && found.Gateway is null).Select(found => Route(found.Destination, found.PrefixLength));
                if (routes.FirstOrDefault(found => found.Link == link.Index && found.Gateway is not null) is { Gateway: { } next }) gateway = DefaultRoute(next, link.Name);
                foreach (var address in own) route.RemoveAddress(link.Index, address.Address, address.PrefixLength);
                sockets.Add(PacketSocket.Open(link.Index));
                links.Add(Link(link, told, string.Join(',', direct)));
            }

            return new(Json(List(loopbacks), List(links), gateway), sockets);
        }
        catch (SyscallException)
        {
            foreach (var socket in sockets) socket.Dispose();
            throw;
        }
    }

    /// <summary>Segments of 64 KiB at once (the packet socket has their headers), checksums of what comes in are not checked again.</summary>
    private static string Link(LinkInfo link, string addresses, string routes) => Text(
        $$"""{"Name":"{{link.Name}}","InterfaceIndex":0,"MTU":{{link.Mtu}},"Addresses":[{{addresses}}],"Routes":[{{routes}}],"GSOMaxSize":65536,"GVisorGSOEnabled":false,"GVisorGRO":false,"TXChecksumOffload":false,"RXChecksumOffload":true,"LinkAddress":"{{Convert.ToBase64String(Convert.FromHexString(link.HardwareAddress))}}","QDisc":1,"Neighbors":null,"NumChannels":1,"ProcessorsPerChannel":0}""");

    private static string Route(IPAddress address, int prefixLength)
    {
        var mask = prefixLength == 0 ? 0u : uint.MaxValue << (32 - prefixLength);
        Span<byte> bytes = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, mask);
        var network = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++) network[i] &= bytes[i];
        return Text($$"""{"Destination":{"IP":"{{new IPAddress(network)}}","Mask":"{{Convert.ToBase64String(bytes)}}"},"Gateway":""}""");
    }

    /// <summary>The mask is nothing in its long form, as Go writes it.</summary>
    private static string DefaultRoute(IPAddress gateway, string link) =>
        Text($$"""{"Route":{"Destination":{"IP":"0.0.0.0","Mask":"AAAAAAAAAAAAAP//AAAAAA=="},"Gateway":"{{gateway}}"},"Name":"{{link}}"}""");

    private static string Json(string loopbacks, string links, string gateway) =>
        $$"""{"LoopbackLinks":{{loopbacks}},"FDBasedLinks":{{links}},"XDPLinks":null,"Defaultv4Gateway":{{gateway}},"Defaultv6Gateway":{{NoRoute}},"PCAP":false,"LogPackets":false,"NATBlob":false,"DisconnectOk":true}""";

    private static string List(List<string> items) => items.Count == 0 ? "null" : $"[{string.Join(',', items)}]";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
