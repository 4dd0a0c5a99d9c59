using System.Text;
using Atoll.Core.Faults;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native.Netlink;
using Atoll.Machine.Networking.Addresses;

namespace Atoll.Machine.Networking.Policy;

/// <summary>
/// The rules of this installation in the kernel, and the memory of what they should say: a table that somebody else flushed is loaded again from it.
/// <para>Threads: any member at any time. <see cref="Admit"/>, <see cref="Open"/> and their opposites are one netlink call and in force on return; only <see cref="LoadAsync"/> runs a tool.</para>
/// </summary>
internal sealed class Firewall(string instance, AddressPlan plan, NetworkOptions options) : IDisposable
{
    private const int InterfaceNameSize = 16;
    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(20);
    private readonly NetfilterSocket _netfilter = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Dictionary<string, NetworkSlot> _slots = [];
    private readonly HashSet<string> _open = [];
    private int _dnsPort;
    private int _version;

    public string Table => instance;

    /// <summary>Takes over what a former run of this server left in force for slots that go on living, and puts the rules of this version in place.</summary>
    public Task<Result<Done>> TakeOverAsync(int dnsPort, IReadOnlyCollection<NetworkSlot> kept, CancellationToken cancellation)
    {
        var open = _netfilter.ListElements(instance, RuleText.Open).Select(key => Encoding.ASCII.GetString(key.AsSpan().TrimEnd((byte)0))).ToHashSet();
        lock (_lock)
        {
            _dnsPort = dnsPort;
            foreach (var slot in kept)
            {
                _slots[slot.HostInterface] = slot;
                if (open.Contains(slot.HostInterface)) _open.Add(slot.HostInterface);
            }
        }

        return LoadAsync(cancellation);
    }

    /// <summary>Lets a slot's own address speak through its interface. It still reaches nothing.</summary>
    public void Admit(NetworkSlot slot)
    {
        lock (_lock)
        {
            _version++;
            _slots[slot.HostInterface] = slot;
            _netfilter.AddElement(instance, RuleText.Slots, Key(slot));
        }
    }

    public void Expel(NetworkSlot slot)
    {
        lock (_lock)
        {
            _version++;
            _open.Remove(slot.HostInterface);
            _slots.Remove(slot.HostInterface);
            _netfilter.RemoveElement(instance, RuleText.Open, Key(slot.HostInterface));
            _netfilter.RemoveElement(instance, RuleText.Slots, Key(slot));
        }
    }

    /// <summary>The internet and names, from now on.</summary>
    public void Open(NetworkSlot slot)
    {
        lock (_lock)
        {
            _version++;
            _open.Add(slot.HostInterface);
            _netfilter.AddElement(instance, RuleText.Open, Key(slot.HostInterface));
        }
    }

    /// <summary>Nothing, from now on: connections it has are cut too.</summary>
    public void Close(NetworkSlot slot)
    {
        lock (_lock)
        {
            _version++;
            _open.Remove(slot.HostInterface);
            _netfilter.RemoveElement(instance, RuleText.Open, Key(slot.HostInterface));
        }
    }

    public void ForgetConnections(IEnumerable<NetworkSlot> slots) => _netfilter.ForgetConnections(slots.Select(slot => slot.Address).ToHashSet());

    public IReadOnlyList<string> LoadedTables() => _netfilter.ListTables();

    public bool IsLoaded() => LoadedTables().Contains(instance);

    /// <summary>Loads the whole table, in place of the one that is there, as one transaction.</summary>
    public async Task<Result<Done>> LoadAsync(CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation);
        try
        {
            while (true)
            {
                string text;
                int version;
                lock (_lock)
                {
                    text = Text();
                    version = _version;
                }

                var loaded = await HostCommand.RunAsync([NftTool.Path, "-f", "-"], ToolLimit, cancellation, text);
                if (!loaded.Succeeded)
                {
                    return new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Network, $"The network rules could not be loaded: {loaded.Summary}",
                        "Install nftables (apt install nftables), and see what `atoll doctor` says about the kernel's support for it.");
                }

                lock (_lock)
                {
                    // A slot that changed while the text was on its way would be lost.
                    if (version == _version) return Done.Value;
                }
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Takes the table away. What it protected must be gone before.</summary>
    public async Task<Result<Done>> EraseAsync(CancellationToken cancellation)
    {
        var erased = await HostCommand.RunAsync([NftTool.Path, "-f", "-"], ToolLimit, cancellation, $"add table inet {instance}\ndelete table inet {instance}\n");
        return erased.Succeeded ? Done.Value : new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Network, $"The network rules could not be removed: {erased.Summary}");
    }

    public void Dispose()
    {
        _netfilter.Dispose();
        _loading.Dispose();
    }

    private static byte[] Key(string name)
    {
        var key = new byte[InterfaceNameSize];
        Encoding.ASCII.GetBytes(name, key);
        return key;
    }

    // A key of several parts has each of them padded to a register of 4 bytes.
    private static byte[] Key(NetworkSlot slot) => [.. Key(slot.HostInterface), .. slot.Address.GetAddressBytes()];

    private string Text() => RuleText.Write(instance, plan, options, _dnsPort, _slots.Values, _open);
}
