using Atoll.Machine.Native;
using Atoll.Machine.Native.Namespaces;
using Atoll.Machine.Native.Netlink;
using Atoll.Machine.Networking.Addresses;
using Atoll.Machine.Networking.Policy;

namespace Atoll.Machine.Networking.Slots;

/// <summary>
/// Makes, re-arms and removes slots: a veth pair without a bridge, so that sandboxes share no segment on which one could answer for another.
/// Blocking, for the background: 2-6 ms to make a slot, 0.7 ms to re-arm one, some 20 ms to remove one. Threads: any, for one slot never two at once.
/// </summary>
internal sealed class SlotFactory(SlotNames names, Firewall firewall) : IDisposable
{
    private const int NoDevice = 19;
    private readonly RouteSocket _host = new();

    /// <summary>A new slot, armed and closed. On a failure nothing of it is left.</summary>
    public void Make(NetworkSlot slot)
    {
        try
        {
            NetworkNamespace.Create(slot.NamespacePath, SlotInterior.Prepare);
            using (var inside = File.OpenHandle(slot.NamespacePath))
            {
                _host.CreateVeth(slot.HostInterface, SlotNames.InsideInterface, SlotInterior.HardwareAddress(slot), inside);
            }

            var index = IndexOf(slot);
            Sysctl.Write($"net/ipv6/conf/{slot.HostInterface}/disable_ipv6", "1", optional: true);
            Sysctl.Write($"net/ipv4/conf/{slot.HostInterface}/rp_filter", "1");
            Sysctl.Write($"net/ipv4/conf/{slot.HostInterface}/forwarding", "1");
            Sysctl.Write($"net/ipv4/conf/{slot.HostInterface}/accept_redirects", "0");
            Sysctl.Write($"net/ipv4/conf/{slot.HostInterface}/send_redirects", "0");
            Sysctl.Write($"net/ipv4/conf/{slot.HostInterface}/route_localnet", "0");

            // Else the host would tell a sandbox by ARP which other addresses it has.
            Sysctl.Write($"net/ipv4/conf/{slot.HostInterface}/arp_ignore", "1");
            firewall.Admit(slot);
            _host.SetUp(index);
            _host.AddAddress(index, slot.Gateway, AddressPlan.PrefixLength);
            NetworkNamespace.Run(slot.NamespacePath, () => SlotInterior.Arm(slot, index));
            WriteBaseline(slot);
        }
        catch
        {
            Remove([slot]);
            throw;
        }
    }

    /// <summary>Puts a used slot back into the state of a new one.</summary>
    /// <returns>False when something in it is not as we left it or a runtime leaves it: it must be thrown away.</returns>
    public static bool TryRearm(NetworkSlot slot)
    {
        try
        {
            var index = IndexOf(slot);
            if (!NetworkNamespace.Run(slot.NamespacePath, () => SlotInterior.Arm(slot, index))) return false;
        }
        catch (SyscallException)
        {
            // The namespace or an interface is gone or refuses: a new slot costs 2 ms.
            return false;
        }
        catch (IOException)
        {
            return false;
        }

        WriteBaseline(slot);
        return true;
    }

    /// <summary>Removes slots in whatever state they are; the interfaces first, so that whoever should still be inside is cut off for good.</summary>
    public void Remove(IReadOnlyCollection<NetworkSlot> slots)
    {
        if (slots.Count == 0) return;
        var indexes = slots.Select(slot => TryIndexOf(slot.HostInterface)).OfType<int>().ToList();
        _host.DeleteLinks(indexes);
        foreach (var slot in slots)
        {
            firewall.Expel(slot);
            NetworkNamespace.Remove(slot.NamespacePath);
            File.Delete(SlotNames.BaselinePath(slot));
        }

        Forget(slots);
    }

    /// <summary>Makes the kernel forget the connections of slots that are closed.</summary>
    public void Forget(IEnumerable<NetworkSlot> slots) => firewall.ForgetConnections(slots);

    /// <summary>Every slot of which anything is there, whole or not.</summary>
    public IReadOnlyDictionary<int, bool> Find()
    {
        var found = new Dictionary<int, bool>();
        var links = _host.Links().Select(link => names.NumberOf(link.Name)).OfType<int>().ToHashSet();
        var mounts = File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(path => Path.GetDirectoryName(path) == names.Folder).ToHashSet();
        var files = Directory.Exists(names.Folder)
            ? Directory.EnumerateFiles(names.Folder).Select(Path.GetFileName).OfType<string>().Select(names.NumberOf).OfType<int>().ToHashSet()
            : [];
        foreach (var number in links.Union(files))
        {
            found[number] = links.Contains(number) && files.Contains(number) && mounts.Contains(names.Slot(number).NamespacePath);
        }

        return found;
    }

    public static SlotTraffic ReadCounters(NetworkSlot slot) => new(ReadCounter(slot, "tx_bytes"), ReadCounter(slot, "rx_bytes"));

    public static SlotTraffic ReadBaseline(NetworkSlot slot)
    {
        try
        {
            var parts = File.ReadAllText(SlotNames.BaselinePath(slot)).Split(' ');
            return new SlotTraffic(long.Parse(parts[0]), long.Parse(parts[1]));
        }
        catch (FileNotFoundException)
        {
            // A host restart cleared it, and the counters with it.
            return new SlotTraffic(0, 0);
        }
    }

    public void Dispose() => _host.Dispose();

    private static void WriteBaseline(NetworkSlot slot)
    {
        var now = ReadCounters(slot);
        File.WriteAllText(SlotNames.BaselinePath(slot), $"{now.ReceivedBytes} {now.SentBytes}");
    }

    // What the host's end receives is what the sandbox sent.
    private static long ReadCounter(NetworkSlot slot, string counter) => long.Parse(File.ReadAllText($"/sys/class/net/{slot.HostInterface}/statistics/{counter}"));

    private static int IndexOf(NetworkSlot slot) => TryIndexOf(slot.HostInterface) ?? throw new SyscallException("if_nametoindex", slot.HostInterface, NoDevice);

    private static int? TryIndexOf(string name)
    {
        var path = $"/sys/class/net/{name}/ifindex";
        try
        {
            return int.Parse(File.ReadAllText(path));
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
