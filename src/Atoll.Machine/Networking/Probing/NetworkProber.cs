using Atoll.Machine.Hosting;
using Atoll.Machine.Native.Namespaces;
using Atoll.Machine.Native.Netlink;
using Atoll.Machine.Networking.Addresses;
using Atoll.Machine.Networking.Policy;
using Atoll.Machine.Networking.Slots;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Networking.Probing;

/// <summary>Tries what sandboxes' networks need, each in a namespace made for it that is gone afterwards: nothing of the host's own network is touched.</summary>
internal sealed class NetworkProber(IOptions<MachineOptions> machine, IOptions<NetworkOptions> network, ILogger<NetworkProber> log)
{
    /// <summary>As nsenter ends when there is no such program.</summary>
    private const int NotFound = 127;

    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(10);

    public async Task<NetworkProbe> ProbeAsync(CancellationToken cancellation)
    {
        using var folder = TrialFolder.Create([Path.GetTempPath()], Path.GetRandomFileName(), log);
        var path = Path.Combine(folder.Path, "net");
        var made = Try("namespaces", "Network namespaces can be made.", "Run the server as root, on a kernel with network namespaces (CONFIG_NET_NS).",
            () => NetworkNamespace.Create(path, SlotInterior.Prepare));
        return made.Passed
            ? new NetworkProbe([made, Veth(path), await RulesAsync(path, cancellation), Switch(), await NeighboursAsync(cancellation)])
            : new NetworkProbe([made]);
    }

    private static NetworkCheck Veth(string path) => Try("veth", "Pairs of virtual interfaces can be made.", "Load the kernel's veth module (modprobe veth).", () =>
        NetworkNamespace.Run(path, () =>
        {
            using var route = new RouteSocket();
            using var here = File.OpenHandle(path);
            route.CreateVeth("probe0", "probe1", [2, 0, 0, 0, 0, 1], here);
            return 0;
        }));

    private async Task<NetworkCheck> RulesAsync(string path, CancellationToken cancellation)
    {
        var text = RuleText.Write(machine.Value.Instance, AddressPlan.Parse(network.Value.AddressRange), network.Value, 5353, [], []);
        // Not on a thread of ours in that namespace: a tool is waited for, which may make threads of the pool.
        var loaded = await HostCommand.RunAsync(["nsenter", $"--net={path}", NftTool.Path, "-f", "-"], ToolLimit, cancellation, text);
        return loaded.Succeeded
            ? new NetworkCheck("nftables", true, "The sandboxes' rules can be loaded.")
            : new NetworkCheck("nftables", false, $"The sandboxes' rules cannot be loaded: {loaded.Summary}.",
                loaded.ExitCode is HostCommandResult.NotStarted or NotFound ? "Install it: apt install nftables." : "Use a kernel with nf_tables, its nat, fib, reject and connlimit parts.");
    }

    private static NetworkCheck Switch() => Sysctl.TryRead("net/ipv4/ip_forward") is { } value
        ? new NetworkCheck("forwarding", true, value == "1" ? "The host passes on packets (net.ipv4.ip_forward)." : "The host does not pass on packets now; the server turns that on while it has sandboxes.")
        : new NetworkCheck("forwarding", false, "net.ipv4.ip_forward cannot be read.", "Mount /proc/sys, writable for the server.");

    private async Task<NetworkCheck> NeighboursAsync(CancellationToken cancellation)
    {
        var chains = await HostCommand.RunAsync([NftTool.Path, "list", "chains"], ToolLimit, cancellation);
        if (!chains.Succeeded) return new NetworkCheck("other firewalls", false, $"The host's rules cannot be listed: {chains.Summary}.", "Install it: apt install nftables.");
        var blocking = OtherFirewalls.FindBlocking(chains.Output, machine.Value.Instance);
        return blocking.IsEmpty
            ? new NetworkCheck("other firewalls", true, "No other firewall here drops what it does not know.")
            : new NetworkCheck("other firewalls", false, $"Another firewall drops packets of sandboxes: {string.Join(", ", blocking.Select(chain => chain.ToString()))}.",
                string.Join(" ", blocking.Select(chain => chain.Remedy(machine.Value.Instance)).Distinct()));
    }

    private static NetworkCheck Try(string name, string good, string remedy, Action attempt)
    {
        try
        {
            attempt();
            return new NetworkCheck(name, true, good);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new NetworkCheck(name, false, failure.Message + ".", remedy);
        }
    }
}
