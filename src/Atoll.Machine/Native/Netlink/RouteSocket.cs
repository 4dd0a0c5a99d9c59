using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Native.Netlink;

/// <summary>Interfaces, addresses and routes (<c>man 7 rtnetlink</c>) of the namespace it was opened in.</summary>
internal sealed class RouteSocket : IDisposable
{
    private const ushort NewLink = 16, DeleteLink = 17, GetLink = 18, NewAddress = 20, DeleteAddress = 21, GetAddress = 22, NewRoute = 24, GetRoute = 26;
    private const ushort LinkAddress = 1, LinkName = 3, LinkMtu = 4, LinkLink = 5, LinkLinkInfo = 18, LinkGroup = 27, LinkNamespaceFd = 28;
    private const ushort InfoKind = 1, InfoData = 2, VethPeer = 1;
    private const int Up = 1;
    private const byte TableMain = 254, TableLocal = 255;
    private readonly NetlinkSocket _socket = new(NetlinkFamily.Route);

    /// <summary>Makes a veth pair with the peer in another namespace. Both are down: neither can be opened before the other is there.</summary>
    public void CreateVeth(string name, string peerName, byte[] peerHardwareAddress, SafeFileHandle peerNamespace) =>
        _socket.Request($"create veth {name}", (message, sequence) =>
        {
            Link(message.Begin(NewLink, NetlinkFlags.Request | NetlinkFlags.Acknowledge | NetlinkFlags.Create | NetlinkFlags.Exclusive, sequence), 0, 0)
                .Put(LinkName, name)
                .Nest(LinkLinkInfo, info => info
                    .Put(InfoKind, "veth")
                    .Nest(InfoData, data => data.Nest(VethPeer, peer => Link(peer, 0, 0)
                        .Put(LinkName, peerName)
                        .Put(LinkAddress, peerHardwareAddress)
                        .Put(LinkNamespaceFd, (uint)peerNamespace.DangerousGetHandle()))));
            return 1;
        });

    public void SetUp(int index) => _socket.Request($"set link {index} up", (message, sequence) =>
    {
        Link(message.Begin(NewLink, NetlinkFlags.Request | NetlinkFlags.Acknowledge, sequence), index, Up);
        return 1;
    });

    /// <summary>
    /// Deletes several at once: the kernel waits out its grace periods (16-24 ms) once for a group, not once for each. The group's number is taken from an index, which no
    /// other interface of this namespace has.
    /// </summary>
    public void DeleteLinks(IReadOnlyCollection<int> indexes)
    {
        if (indexes.Count == 0) return;
        var group = 0x40000000u | (uint)indexes.First();
        var marked = 0;
        foreach (var index in indexes)
        {
            if (Ignoring(NoDevice, () => _socket.Request($"mark link {index}", (message, sequence) =>
            {
                Link(message.Begin(NewLink, NetlinkFlags.Request | NetlinkFlags.Acknowledge, sequence), index, 0, change: 0).Put(LinkGroup, group);
                return 1;
            })))
            {
                marked++;
            }
        }

        if (marked == 0) return;
        Ignoring(NoDevice, () => _socket.Request("delete links", (message, sequence) =>
        {
            Link(message.Begin(DeleteLink, NetlinkFlags.Request | NetlinkFlags.Acknowledge, sequence), 0, 0).Put(LinkGroup, group);
            return 1;
        }));
    }

    public void AddAddress(int link, IPAddress address, int prefixLength) => _socket.Request($"add address {address}", (message, sequence) =>
    {
        message.Begin(NewAddress, NetlinkFlags.Request | NetlinkFlags.Acknowledge | NetlinkFlags.Create | NetlinkFlags.Replace, sequence)
            .Raw((byte)AddressFamily.InterNetwork, (byte)prefixLength, 0, 0).Raw(link)
            .Put(2, address).Put(1, address);
        return 1;
    });

    /// <summary>The routes that stand on it go with it.</summary>
    public void RemoveAddress(int link, IPAddress address, int prefixLength) => _socket.Request($"remove address {address}", (message, sequence) =>
    {
        message.Begin(DeleteAddress, NetlinkFlags.Request | NetlinkFlags.Acknowledge, sequence)
            .Raw((byte)AddressFamily.InterNetwork, (byte)prefixLength, 0, 0).Raw(link)
            .Put(2, address).Put(1, address);
        return 1;
    });

    public void AddDefaultRoute(int link, IPAddress gateway) => _socket.Request($"add default route via {gateway}", (message, sequence) =>
    {
        const byte protocolStatic = 4, scopeUniverse = 0, typeUnicast = 1;
        message.Begin(NewRoute, NetlinkFlags.Request | NetlinkFlags.Acknowledge | NetlinkFlags.Create | NetlinkFlags.Replace, sequence)
            .Raw((byte)AddressFamily.InterNetwork, 0, 0, 0, TableMain, protocolStatic, scopeUniverse, typeUnicast).Raw(0)
            .Put(5, gateway).Put(4, (uint)link);
        return 1;
    });

    public IReadOnlyList<LinkInfo> Links()
    {
        var links = new List<LinkInfo>();
        _socket.Dump("list links", (message, sequence) => Link(message.Begin(GetLink, NetlinkFlags.Request | NetlinkFlags.Dump, sequence), 0, 0), (type, body) =>
        {
            if (type != NewLink || body.Length < 16) return;
            var attributes = body[16..];
            links.Add(new LinkInfo(
                BitConverter.ToInt32(body[4..]),
                NetlinkAttributes.Text(NetlinkAttributes.Find(attributes, LinkName)),
                (BitConverter.ToInt32(body[8..]) & Up) != 0,
                NetlinkAttributes.Number(NetlinkAttributes.Find(attributes, LinkLink)),
                Convert.ToHexString(NetlinkAttributes.Find(attributes, LinkAddress)),
                NetlinkAttributes.Number(NetlinkAttributes.Find(attributes, LinkMtu))));
        });
        return links;
    }

    /// <summary>Of IPv4 and IPv6.</summary>
    public IReadOnlyList<AddressInfo> Addresses()
    {
        var addresses = new List<AddressInfo>();
        _socket.Dump("list addresses", (message, sequence) => message.Begin(GetAddress, NetlinkFlags.Request | NetlinkFlags.Dump, sequence).Raw(0, 0, 0, 0).Raw(0), (type, body) =>
        {
            if (type != NewAddress || body.Length < 8) return;
            var local = NetlinkAttributes.Find(body[8..], 2);
            var address = local.Length > 0 ? local : NetlinkAttributes.Find(body[8..], 1);
            if (address.Length is 4 or 16) addresses.Add(new AddressInfo(BitConverter.ToInt32(body[4..]), new IPAddress(address), body[1]));
        });
        return addresses;
    }

    /// <summary>IPv4 routes outside the kernel's local table.</summary>
    public IReadOnlyList<RouteInfo> Routes()
    {
        var routes = new List<RouteInfo>();
        _socket.Dump("list routes", (message, sequence) => message
            .Begin(GetRoute, NetlinkFlags.Request | NetlinkFlags.Dump, sequence).Raw((byte)AddressFamily.InterNetwork, 0, 0, 0).Raw(0, 0, 0, 0).Raw(0), (type, body) =>
        {
            if (type != NewRoute || body.Length < 12 || body[4] == TableLocal) return;
            var attributes = body[12..];
            var destination = NetlinkAttributes.Find(attributes, 1);
            var gateway = NetlinkAttributes.Find(attributes, 5);
            routes.Add(new RouteInfo(
                NetlinkAttributes.Number(NetlinkAttributes.Find(attributes, 4)),
                destination.Length == 4 ? new IPAddress(destination) : IPAddress.Any,
                body[1],
                gateway.Length == 4 ? new IPAddress(gateway) : null));
        });
        return routes;
    }

    public void Dispose() => _socket.Dispose();

    private const int NoDevice = 19;

    private static bool Ignoring(int errno, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (SyscallException failure) when (failure.Errno == errno)
        {
            return false;
        }
    }

    // struct ifinfomsg: family, padding, type, index, flags, change.
    private static NetlinkMessage Link(NetlinkMessage message, int index, int flags, int? change = null) =>
        message.Raw(0, 0, 0, 0).Raw(index).Raw(flags).Raw(change ?? flags);
}
