using System.Net;
using Atoll.Core.Faults;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Access;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Tests;

public sealed class RateLimitTests
{
    [Fact]
    public void Take_BeyondTheBurst_IsRefusedWithATimeAndOthersAreNot()
    {
        using var limits = Limits();
        Assert.Null(limits.Take("key_a"));

        var fault = Enumerable.Range(0, 1000).Select(_ => limits.Take("key_a")).First(fault => fault is not null)!;

        Assert.Equal(FaultCode.RateLimited, fault.Code);
        Assert.InRange(fault.RetryAfterSeconds!.Value, 1, 60);
        Assert.Null(limits.Take("key_b"));
    }

    [Fact]
    public void CountFailure_TooManyOfOneAddress_ClosesItsNetworkOnly()
    {
        using var limits = Limits();
        var host = IPAddress.Parse("2001:db8:1:2::1");
        Assert.Null(limits.Look(host));

        for (var i = 0; i < 100; i++) limits.CountFailure(host);

        Assert.Equal(FaultCode.RateLimited, limits.Look(host)!.Code);
        Assert.NotNull(limits.Look(IPAddress.Parse("2001:db8:1:2:ffff::9")));

        // Two addresses may share a bucket; two hundred do not.
        Assert.Contains(Enumerable.Range(1, 200), i => limits.Look(IPAddress.Parse($"10.0.0.{i}")) is null);
        Assert.Null(limits.Look(null));
    }

    private static RateLimits Limits() => new(Options.Create(new ServerOptions { Rates = new() { RequestsPerSecond = 1, RequestBurst = 3, FailedKeysPerMinute = 2 } }));
}
