using System.Net;
using System.Net.Sockets;

namespace Atoll.Machine.Native.Netlink;

/// <summary>
/// What of nftables and connection tracking is needed while running: elements of sets in an <c>inet</c> table, and forgetting an address's connections. Rules themselves are
/// loaded by <c>nft</c>, once. A change is in force for every packet when the call returns: the kernel acknowledges after its commit.
/// </summary>
internal sealed class NetfilterSocket : IDisposable
{
    private const ushort BatchBegin = 0x10, BatchEnd = 0x11, Tables = 10 << 8, Conntrack = 1 << 8;
    private const ushort GetTable = Tables | 1, NewElement = Tables | 12, GetElement = Tables | 13, DeleteElement = Tables | 14;
    private const ushort GetConnection = Conntrack | 1, DeleteConnection = Conntrack | 2;
    private const ushort ElementTable = 1, ElementSet = 2, Elements = 3, ListItem = 1, ElementKey = 1, DataValue = 1;
    private const ushort TupleOriginal = 1, TupleIp = 1, SourceV4 = 1, DestinationV4 = 2, Zone = 18, Id = 12;
    private const byte Inet = 1;
    private const int NoEntry = 2;
    private readonly NetlinkSocket _socket = new(NetlinkFamily.Netfilter);

    public void AddElement(string table, string set, byte[] key) => Change(NewElement, NetlinkFlags.Create, table, set, key);

    /// <summary>Succeeds for what is not there.</summary>
    public void RemoveElement(string table, string set, byte[] key)
    {
        try
        {
            Change(DeleteElement, 0, table, set, key);
        }
        catch (SyscallException failure) when (failure.Errno == NoEntry)
        {
            // It is not there: that is what was wanted.
        }
    }

    /// <summary>The keys in a set; none when the table or set is not there.</summary>
    public IReadOnlyList<byte[]> ListElements(string table, string set)
    {
        var keys = new List<byte[]>();
        try
        {
            _socket.Dump($"list {table} {set}", (message, sequence) => message
                .Begin(GetElement, NetlinkFlags.Request | NetlinkFlags.Dump, sequence).Raw(Inet, 0, 0, 0).Put(ElementTable, table).Put(ElementSet, set), (type, body) =>
            {
                if (type != NewElement) return;
                var items = NetlinkAttributes.Find(body[4..], Elements);
                while (NetlinkAttributes.TryNext(ref items, out _, out var item))
                {
                    keys.Add(NetlinkAttributes.Find(NetlinkAttributes.Find(item, ElementKey), DataValue).ToArray());
                }
            });
        }
        catch (SyscallException failure) when (failure.Errno == NoEntry)
        {
            return [];
        }

        return keys;
    }

    public IReadOnlyList<string> ListTables()
    {
        var names = new List<string>();
        _socket.Dump("list tables", (message, sequence) => message.Begin(GetTable, NetlinkFlags.Request | NetlinkFlags.Dump, sequence).Raw(0, 0, 0, 0), (_, body) =>
            names.Add(NetlinkAttributes.Text(NetlinkAttributes.Find(body[4..], 1))));
        return names;
    }

    /// <summary>
    /// Forgets every tracked connection from or to one of these addresses, so that a later owner inherits none. The kernel walks its whole table for it (10 ms where that has 262,144
    /// buckets), so it is asked once for many addresses, and chosen from here.
    /// </summary>
    public void ForgetConnections(IReadOnlySet<IPAddress> addresses)
    {
        var doomed = new List<(byte[] Tuple, byte[] Zone, byte[] Id)>();
        _socket.Dump("list connections", (message, sequence) => message
            .Begin(GetConnection, NetlinkFlags.Request | NetlinkFlags.Dump, sequence).Raw((byte)AddressFamily.InterNetwork, 0, 0, 0), (_, body) =>
        {
            var tuple = NetlinkAttributes.Find(body[4..], TupleOriginal);
            var ends = NetlinkAttributes.Find(tuple, TupleIp);
            if (Has(ends, SourceV4) || Has(ends, DestinationV4))
            {
                doomed.Add((tuple.ToArray(), NetlinkAttributes.Find(body[4..], Zone).ToArray(), NetlinkAttributes.Find(body[4..], Id).ToArray()));
            }
        });

        foreach (var (tuple, zone, id) in doomed) Forget(tuple, zone, id);

        bool Has(ReadOnlySpan<byte> ends, ushort end) => NetlinkAttributes.Find(ends, end) is { Length: 4 } address && addresses.Contains(new IPAddress(address));
    }

    public void Dispose() => _socket.Dispose();

    private void Change(ushort type, NetlinkFlags flags, string table, string set, byte[] key) => _socket.Request($"{table} {set}", (message, sequence) =>
    {
        message.Begin(BatchBegin, NetlinkFlags.Request, sequence).Raw(0, 0, 0, 10)
            .Begin(type, NetlinkFlags.Request | NetlinkFlags.Acknowledge | flags, sequence + 1).Raw(Inet, 0, 0, 0)
            .Put(ElementTable, table)
            .Put(ElementSet, set)
            .Nest(Elements, list => list.Nest(ListItem, item => item.Nest(ElementKey, data => data.Put(DataValue, key))))
            .Begin(BatchEnd, NetlinkFlags.Request, sequence + 2).Raw(0, 0, 0, 10);
        return 1;
    });

    private void Forget(byte[] tuple, byte[] zone, byte[] id)
    {
        try
        {
            _socket.Request("forget connection", (message, sequence) =>
            {
                message.Begin(DeleteConnection, NetlinkFlags.Request | NetlinkFlags.Acknowledge, sequence).Raw((byte)AddressFamily.InterNetwork, 0, 0, 0)
                    .Put(TupleOriginal | NetlinkAttributes.Nested, tuple);
                if (zone.Length > 0) message.Put(Zone, zone);
                if (id.Length > 0) message.Put(Id, id);
                return 1;
            });
        }
        catch (SyscallException failure) when (failure.Errno == NoEntry)
        {
            // It ended by itself meanwhile.
        }
    }
}
