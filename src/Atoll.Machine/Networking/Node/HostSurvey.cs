using Atoll.Core.Faults;
using Atoll.Machine.Native.Netlink;
using Atoll.Machine.Networking.Addresses;
using Atoll.Machine.Networking.Slots;

namespace Atoll.Machine.Networking.Node;

/// <summary>Whether the address range fits this host as it is now.</summary>
internal sealed class HostSurvey(SlotNames names, AddressPlan plan)
{
    public Fault? FindConflict(IEnumerable<int> owned)
    {
        using var route = new RouteSocket();
        var links = route.Links().ToDictionary(link => link.Index, link => link.Name);
        var addresses = route.Addresses();
        foreach (var address in addresses.Where(address => plan.Range.Contains(address.Address)))
        {
            var link = links.GetValueOrDefault(address.Link, "?");
            if (names.NumberOf(link) is null) return Conflict($"{address.Address} of {link} lies in the sandboxes' range {plan.Range}.");
        }

        foreach (var number in owned)
        {
            if (number >= plan.Count) return Changed();
            var link = links.FirstOrDefault(pair => names.NumberOf(pair.Value) == number).Key;
            if (link != 0 && !addresses.Any(address => address.Link == link && address.Address.Equals(plan.Gateway(number)))) return Changed();
        }

        return null;

        Fault Changed() => Conflict($"Sandboxes are alive whose addresses are not of the range {plan.Range}.");
    }

    private static Fault Conflict(string detail) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Network, detail,
        $"Set {NetworkOptions.Section}:{nameof(NetworkOptions.AddressRange)} to a private range that nothing else here uses, and change it only when no sandbox is alive.");
}
