using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Networking.Addresses;
using Atoll.Machine.Networking.Dns;
using Atoll.Machine.Networking.Policy;
using Atoll.Machine.Networking.Resetting;
using Atoll.Machine.Networking.Slots;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Networking.Node;

/// <summary>
/// Slots from a pool, rules in one table of nftables, names by a forwarder of our own. A slot exists closed: it reaches nothing until a claim opens it, with one netlink call
/// that is in force when it returns; so a forgotten or half-made slot is harmless.
/// </summary>
internal sealed partial class SandboxNetwork : ISandboxNetwork, IAsyncDisposable
{
    private readonly MachineOptions _machine;
    private readonly TimeProvider _time;
    private readonly ILogger<SandboxNetwork> _log;
    private readonly AddressPlan _plan;
    private readonly SlotNames _names;
    private readonly Firewall _firewall;
    private readonly SlotFactory _factory;
    private readonly SlotPool _pool;
    private readonly DnsForwarder _dns;
    private readonly RuleGuard _guard;
    private readonly Forwarding _forwarding;
    private int _closed;

    public SandboxNetwork(IOptions<MachineOptions> machine, IOptions<NetworkOptions> network, TimeProvider time, ILoggerFactory logs)
    {
        var options = network.Value;
        (_machine, _time, _log) = (machine.Value, time, logs.CreateLogger<SandboxNetwork>());
        _plan = AddressPlan.Parse(options.AddressRange);
        _names = new SlotNames(_machine, _plan);
        _firewall = new Firewall(_machine.Instance, _plan, options);
        _factory = new SlotFactory(_names, _firewall);
        _pool = new SlotPool(_factory, _names, _plan, options, time, logs.CreateLogger<SlotPool>());
        _dns = new DnsForwarder(_plan, options, new DnsExchange(new NameServers(options, time), options, time), time, logs.CreateLogger<DnsForwarder>());
        _guard = new RuleGuard(_firewall, time, logs.CreateLogger<RuleGuard>());
        _forwarding = new Forwarding(_machine.Instance);
    }

    /// <summary>How many slots wait to be claimed.</summary>
    public int Ready => _pool.Ready;

    private string PortPath => Path.Combine(_names.Folder, ".dns-port");

    public async Task<Result<Done>> OpenAsync(IReadOnlyDictionary<int, SandboxId> owned, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux()) return new Fault(FaultCode.NotSupported, FaultSide.Host, FaultStage.Network, "Sandboxes' networks need Linux.");
        try
        {
            Directory.CreateDirectory(_names.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (new HostSurvey(_names, _plan).FindConflict(owned.Keys) is { } conflict) return conflict;

            var found = _factory.Find();
            var kept = owned.Keys.Where(number => found.GetValueOrDefault(number)).ToHashSet();
            foreach (var lost in owned.Keys.Except(kept)) LogLost(lost, owned[lost].Value);

            var loaded = await _firewall.TakeOverAsync(await StartForwarderAsync(cancellation), [.. kept.Select(_names.Slot)], cancellation);
            if (loaded.Fault is not null) return loaded;
            _guard.Start();

            // Not re-armed: what a crashed server left may still have a process in it.
            _factory.Remove([.. found.Keys.Where(number => number < _plan.Count && !kept.Contains(number)).Select(_names.Slot)]);
            await _forwarding.AcquireAsync(_time, cancellation);
            _pool.Start(owned.Keys);
            return Done.Value;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Failed("set up", failure);
        }
    }

    public async Task<Result<Done>> CloseAsync(bool erase, CancellationToken cancellation)
    {
        await DisposeBackgroundAsync();
        if (!erase) return Done.Value;
        try
        {
            _factory.Remove([.. _factory.Find().Keys.Where(number => number < _plan.Count).Select(_names.Slot)]);
            var erased = await _firewall.EraseAsync(cancellation);
            if (erased.Fault is not null) return erased;
            await _forwarding.ReleaseAsync(_firewall.LoadedTables(), _time, cancellation);
            if (Directory.Exists(_names.Folder)) Directory.Delete(_names.Folder, recursive: true);
            return Done.Value;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Failed("removed", failure);
        }
    }

    public async Task<Result<NetworkSlot>> ClaimAsync(SandboxId id, EgressDefault egress, CancellationToken cancellation)
    {
        var claimed = await _pool.ClaimAsync(cancellation);
        if (!claimed.TryGet(out var slot, out _)) return claimed;
        await using var undo = new AsyncCleanup();
        undo.Push(() => ReleaseAsync(slot));
        if ((await AllowAsync(slot, egress, cancellation)).Fault is { } fault) return fault;
        undo.Release();
        return slot;
    }

    public async Task<Result<Done>> AllowAsync(NetworkSlot slot, EgressDefault egress, CancellationToken cancellation)
    {
        if (egress == EgressDefault.Deny) return Done.Value;
        try
        {
            _firewall.Open(slot);
            return Done.Value;
        }
        catch (SyscallException)
        {
            // Somebody took the table; the guard may be loading it this moment. Loaded by us, it has this slot open.
            return await _firewall.LoadAsync(cancellation);
        }
    }

    public ValueTask ReleaseAsync(NetworkSlot slot)
    {
        _pool.Release(slot, _firewall.Close);
        return ValueTask.CompletedTask;
    }

    public async Task<Result<Done>> RearmAsync(NetworkSlot slot, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(() => SlotFactory.TryRearm(slot), cancellation)
                ? Done.Value
                : new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Network, $"Network slot {slot.Number} cannot be used again: its interface is gone or changed.");
        }
        catch (IOException failure)
        {
            return Failed("made ready again", failure);
        }
    }

    public int Reset(NetworkSlot slot, IReadOnlyCollection<TcpPair> connections) => ConnectionResetter.Reset(slot, SlotInterior.HardwareAddress(slot), connections, _time);

    public NetworkSlot Slot(int number) => _names.Slot(number);

    public SlotTraffic Measure(NetworkSlot slot)
    {
        try
        {
            var (now, zero) = (SlotFactory.ReadCounters(slot), SlotFactory.ReadBaseline(slot));
            return new SlotTraffic(now.ReceivedBytes - zero.ReceivedBytes, now.SentBytes - zero.SentBytes);
        }
        catch (IOException gone)
        {
            // The interface was taken away from outside; its sandbox is cut off, and no less measured for it.
            LogUnmeasured(slot.Number, gone.Message);
            return new SlotTraffic(0, 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeBackgroundAsync();
        _factory.Dispose();
        _firewall.Dispose();
    }

    private async Task DisposeBackgroundAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1) return;
        await _guard.DisposeAsync();
        await _pool.DisposeAsync();
        await _dns.DisposeAsync();
    }

    private async Task<int> StartForwarderAsync(CancellationToken cancellation)
    {
        var before = File.Exists(PortPath) && int.TryParse(await File.ReadAllTextAsync(PortPath, cancellation), out var number) ? number : 0;
        var port = _dns.Start(before);
        await File.WriteAllTextAsync(PortPath, $"{port}", cancellation);
        return port;
    }

    private static Fault Failed(string what, Exception failure) => new(
        FaultCode.HostFailure, FaultSide.Host, FaultStage.Network, $"The sandboxes' network could not be {what}: {failure.Message}",
        "The server needs root (or CAP_NET_ADMIN and CAP_SYS_ADMIN); `atoll doctor` tries each thing it needs.");

    [LoggerMessage(4032, LogLevel.Warning, "The traffic of network slot {Slot} cannot be read: {Reason}")]
    private partial void LogUnmeasured(int slot, string reason);

    [LoggerMessage(4031, LogLevel.Warning, "The network slot {Slot} of sandbox {Sandbox} is no longer there")]
    private partial void LogLost(int slot, string sandbox);
}
