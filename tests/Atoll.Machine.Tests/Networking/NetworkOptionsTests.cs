using System.Net;
using Atoll.Machine.Networking;
using Atoll.Machine.Networking.Addresses;
using Atoll.Machine.Networking.Node;

namespace Atoll.Machine.Tests.Networking;

public sealed class NetworkOptionsTests
{
    [Fact]
    public void Validate_Defaults_Succeeds() => Assert.True(new NetworkOptionsValidator().Validate(null, new NetworkOptions()).Succeeded);

    [Fact]
    public void Validate_ManyMistakes_NamesEveryKey()
    {
        var options = new NetworkOptions
        {
            AddressRange = "10.201.0.0",
            ReadySlots = 0,
            MaxSlots = -1,
            MaxIdleSlots = 0,
            ClaimTimeout = TimeSpan.Zero,
            DrainTime = TimeSpan.FromHours(1),
            DnsTimeout = TimeSpan.FromSeconds(-1),
            MaxConnectionsPerSandbox = 0,
            MaxDnsQueries = 0,
            MaxDnsPacketsPerSecond = 0,
            AllowPrivate = { "fd00::/8" },
            DnsServers = { "dns.example.com" },
        };

        var failures = new NetworkOptionsValidator().Validate(null, options).Failures!.ToList();
        foreach (var key in (string[])["AddressRange", "ReadySlots", "MaxSlots", "MaxIdleSlots", "ClaimTimeout", "DrainTime", "DnsTimeout", "MaxConnectionsPerSandbox", "MaxDnsQueries", "MaxDnsPacketsPerSecond", "AllowPrivate", "DnsServers"])
        {
            Assert.Contains(failures, failure => failure.StartsWith($"Network:{key}:", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("8.8.0.0/16")]
    [InlineData("10.0.0.0/8")]
    [InlineData("10.0.0.0/29")]
    [InlineData("fd00::/16")]
    [InlineData("")]
    public void AddressRange_Unfit_IsRefused(string range) => Assert.False(AddressPlan.TryParse(range, out _, out _));

    [Fact]
    public void AllowPrivate_OverOwnRange_IsRefused() =>
        Assert.False(new NetworkOptionsValidator().Validate(null, new NetworkOptions { AllowPrivate = { "10.0.0.0/8" } }).Succeeded);

    [Fact]
    public void AddressPlan_EverySlot_HasAddressesOfItsOwn()
    {
        var plan = AddressPlan.Parse("172.20.0.0/24");
        Assert.Equal(64, plan.Count);
        var all = Enumerable.Range(0, plan.Count).SelectMany(slot => new[] { plan.Gateway(slot), plan.Address(slot) }).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(Enumerable.Range(0, plan.Count), slot => Assert.Equal(slot, plan.SlotOf(plan.Address(slot))));
        Assert.Null(plan.SlotOf(plan.Gateway(1)));
        Assert.Null(plan.SlotOf(IPAddress.Parse("172.20.1.2")));
        Assert.Equal(IPAddress.Parse("172.20.0.254"), plan.Address(63));
    }
}
