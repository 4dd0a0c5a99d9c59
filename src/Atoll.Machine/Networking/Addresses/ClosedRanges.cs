using System.Collections.Immutable;
using System.Net;

namespace Atoll.Machine.Networking.Addresses;

/// <summary>What no sandbox reaches, whatever its policy (RFC 6890 and the cloud metadata addresses that lie within it).</summary>
internal static class ClosedRanges
{
    /// <summary>Ranges a network of one's own may use.</summary>
    private static readonly ImmutableArray<IPNetwork> Private =
    [
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
    ];

    /// <summary>169.254.0.0/16 holds the metadata service; 240.0.0.0/4 holds the broadcast address. 203.0.113.0/24 and its like are documentation: harmless.</summary>
    public static ImmutableArray<IPNetwork> All { get; } =
    [
        .. Private,
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"),
    ];

    public static bool ArePrivate(IPNetwork range) => Private.Any(own => own.PrefixLength <= range.PrefixLength && own.Contains(range.BaseAddress));
}
