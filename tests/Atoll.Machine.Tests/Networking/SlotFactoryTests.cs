using System.Diagnostics;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Networking;
using Atoll.Machine.Networking.Addresses;
using Atoll.Machine.Networking.Policy;
using Atoll.Machine.Networking.Slots;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Networking;

/// <summary>What a slot costs, on a host that is busy with other tests: the figures are for the diagnostics, the bounds only for a change of kind.</summary>
public sealed class SlotFactoryTests
{
    [Fact]
    public async Task MakeRearmRemove_FiftySlots_TakeMilliseconds()
    {
        const int count = 50;
        Requires.Root();
        Requires.Tool("nft");
        using var scratch = new Scratch();
        var plan = AddressPlan.Parse(scratch.AddressRange);
        var names = new SlotNames(new MachineOptions { Instance = scratch.Instance, RuntimeDirectory = scratch.Folder }, plan);
        Directory.CreateDirectory(names.Folder);
        using var firewall = new Firewall(scratch.Instance, plan, new NetworkOptions());
        NetworkHarness.Value(await firewall.TakeOverAsync(5300, [], TestContext.Current.CancellationToken));
        using var factory = new SlotFactory(names, firewall);
        var slots = Enumerable.Range(0, count).Select(names.Slot).ToList();

        var make = Median(slots, factory.Make);
        var forget = Median(slots, slot => factory.Forget([slot]));
        var rearm = Median(slots, slot => Assert.True(SlotFactory.TryRearm(slot)));
        var open = Median(slots, firewall.Open);
        var close = Median(slots, firewall.Close);
        var watch = Stopwatch.StartNew();
        factory.Remove(slots);
        var remove = watch.Elapsed.TotalMilliseconds / count;
        NetworkHarness.Value(await firewall.EraseAsync(TestContext.Current.CancellationToken));

        // No rules, no claim: the call does not pretend.
        Assert.Throws<SyscallException>(() => firewall.Open(slots[0]));
        TestContext.Current.SendDiagnosticMessage($"make {make:0.00} ms, forget {forget:0.00} ms, re-arm {rearm:0.00} ms, open {open:0.000} ms, close {close:0.000} ms, remove {remove:0.00} ms each of {count}");
        Assert.True(make < 200 && rearm < 200 && open < 50, $"make {make} ms, re-arm {rearm} ms, open {open} ms");
        HostState.AssertNothingOf(scratch.Instance);
    }

    private static double Median(IEnumerable<NetworkSlot> slots, Action<NetworkSlot> work)
    {
        var took = new List<double>();
        foreach (var slot in slots)
        {
            var watch = Stopwatch.StartNew();
            work(slot);
            took.Add(watch.Elapsed.TotalMilliseconds);
        }

        took.Sort();
        return took[took.Count / 2];
    }
}
