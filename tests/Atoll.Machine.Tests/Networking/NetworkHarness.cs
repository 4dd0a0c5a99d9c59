using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Networking;
using Atoll.Machine.Networking.Node;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atoll.Machine.Tests.Networking;

/// <summary>A network of a test's own on this host, removed at its end. <see cref="CrashAsync"/> stands for a killed server.</summary>
internal sealed class NetworkHarness : IAsyncDisposable
{
    private readonly List<SandboxNetwork> _past = [];

    private NetworkHarness(Action<NetworkOptions>? configure)
    {
        Requires.Root();
        Requires.Tool("nft");
        Options.AddressRange = Scratch.AddressRange;
        Options.ReadySlots = 2;
        Options.DrainTime = TimeSpan.FromMilliseconds(20);
        configure?.Invoke(Options);
        Machine = new MachineOptions { Instance = Scratch.Instance, RuntimeDirectory = Scratch.Folder, StateDirectory = Scratch.Folder };
        Network = New();
    }

    public Scratch Scratch { get; } = new();

    public NetworkOptions Options { get; } = new();

    public MachineOptions Machine { get; }

    public SandboxNetwork Network { get; private set; }

    public static async Task<NetworkHarness> OpenAsync(Action<NetworkOptions>? configure = null)
    {
        var harness = new NetworkHarness(configure);
        await harness.ReopenAsync([]);
        return harness;
    }

    public async Task<NetworkSlot> ClaimAsync(EgressDefault egress = EgressDefault.Allow) =>
        Value(await Network.ClaimAsync(SandboxId.New(), egress, TestContext.Current.CancellationToken));

    /// <summary>
    /// Another server takes over what this one left in the kernel. The old one stops between two pieces of work, not within one as a killed process might; what that leaves is
    /// made by hand where a test is about it.
    /// </summary>
    public async Task CrashAsync(params IEnumerable<NetworkSlot> owned)
    {
        Value(await Network.CloseAsync(erase: false, TestContext.Current.CancellationToken));
        _past.Add(Network);
        Network = New();
        await ReopenAsync(owned);
    }

    public static T Value<T>(Result<T> result)
    {
        Assert.True(result.Succeeded, result.Fault?.ToString());
        return result.Value;
    }

    public async ValueTask DisposeAsync()
    {
        Value(await Network.CloseAsync(erase: true, CancellationToken.None));
        foreach (var network in _past.Append(Network)) await network.DisposeAsync();
        Scratch.Dispose();
    }

    private async Task ReopenAsync(IEnumerable<NetworkSlot> owned) =>
        Value(await Network.OpenAsync(owned.ToDictionary(slot => slot.Number, _ => SandboxId.New()), TestContext.Current.CancellationToken));

    public SandboxNetwork New() =>
        new(Microsoft.Extensions.Options.Options.Create(Machine), Microsoft.Extensions.Options.Options.Create(Options), TimeProvider.System, NullLoggerFactory.Instance);
}
