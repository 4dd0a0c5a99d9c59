using System.Net;
using Atoll.Machine.Native.Netlink;
using Atoll.Machine.Networking.Addresses;

namespace Atoll.Machine.Networking.Slots;

/// <summary>
/// What a slot's namespace holds when it is ready: loopback, one interface with one address, one default route, no IPv6. All members run on a thread inside it.
/// A runtime takes address and route away (gVisor at every start); nobody should be able to add anything, and where something was added, the namespace is not used again.
/// </summary>
internal static class SlotInterior
{
    private const int Loopback = 1;
    private const int StandardMtu = 1500;

    /// <summary>A new namespace, before it has an interface. Not even a link-local IPv6 address ever comes up.</summary>
    public static void Prepare()
    {
        Sysctl.Write("net/ipv6/conf/all/disable_ipv6", "1", optional: true);
        Sysctl.Write("net/ipv6/conf/default/disable_ipv6", "1", optional: true);

        // A new namespace copies the host's own setting, which is on by now.
        Sysctl.Write("net/ipv4/ip_forward", "0");

        // Root inside has no rights over this namespace (it is the host's), so what it may do must be open to everyone in it: listen on ports below 1024, and ping.
        Sysctl.Write("net/ipv4/ip_unprivileged_port_start", "0");
        Sysctl.Write("net/ipv4/ping_group_range", "0 2147483647");
        using var route = new RouteSocket();
        route.SetUp(Loopback);
    }

    /// <summary>Checks the namespace and puts address and route where they are missing.</summary>
    /// <param name="hostIndex">The host's end of its veth pair.</param>
    /// <returns>False when something is there that neither we nor a runtime leave.</returns>
    public static bool Arm(NetworkSlot slot, int hostIndex)
    {
        using var route = new RouteSocket();
        if (!SettingsAreOurs() || FindInterface(route, slot, hostIndex) is not { } own || !AddressesAreOurs(route, slot, own) || !RoutesAreOurs(route, slot, own)) return false;
        using (var netfilter = new NetfilterSocket())
        {
            if (netfilter.ListTables().Count > 0) return false;
        }

        route.SetUp(Loopback);
        route.SetUp(own.Index);
        route.AddAddress(own.Index, slot.Address, AddressPlan.PrefixLength);
        route.AddDefaultRoute(own.Index, slot.Gateway);
        return true;
    }

    /// <summary>Follows from the number, so that a changed one is noticed. Locally administered, unicast.</summary>
    public static byte[] HardwareAddress(NetworkSlot slot) => [0x02, 0xa7, .. slot.Address.GetAddressBytes()];

    private static bool SettingsAreOurs() =>
        Sysctl.TryRead("net/ipv6/conf/all/disable_ipv6") is null or "1"
        && Sysctl.TryRead("net/ipv6/conf/default/disable_ipv6") is null or "1"
        && Sysctl.TryRead("net/ipv4/ip_forward") is "0";

    private static LinkInfo? FindInterface(RouteSocket route, NetworkSlot slot, int hostIndex)
    {
        LinkInfo? own = null;
        foreach (var link in route.Links())
        {
            if (link.Index == Loopback) continue;
            if (link.Name == SlotNames.InsideInterface && link.Peer == hostIndex && link.HardwareAddress == Convert.ToHexString(HardwareAddress(slot)) && link.Mtu == StandardMtu)
            {
                own = link;
            }
            else if (link.Up)
            {
                // Devices that the kernel itself puts into every namespace (tunl0, sit0) are down.
                return null;
            }
        }

        return own;
    }

    private static bool AddressesAreOurs(RouteSocket route, NetworkSlot slot, LinkInfo own) => route.Addresses().All(address =>
        (address.Link == Loopback && IPAddress.IsLoopback(address.Address))
        || (address.Link == own.Index && address.Address.Equals(slot.Address) && address.PrefixLength == AddressPlan.PrefixLength));

    private static bool RoutesAreOurs(RouteSocket route, NetworkSlot slot, LinkInfo own) => route.Routes().All(found =>
        found.Link == own.Index
        && (found.Gateway is null ? found.PrefixLength == AddressPlan.PrefixLength : found.PrefixLength == 0 && found.Gateway.Equals(slot.Gateway)));
}
