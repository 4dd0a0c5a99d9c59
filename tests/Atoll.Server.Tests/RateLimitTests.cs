using System.Net;
using Atoll.Core.Faults;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Access;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

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
    public void TakeFailure_TooManyOfOneAddress_ClosesItsNetworkOnly()
    {
        using var limits = Limits();
        var host = IPAddress.Parse("2001:db8:1:2::1");
        Assert.Null(limits.TakeFailure(host));
        Assert.Null(limits.TakeFailure(host));

        var fault = limits.TakeFailure(host)!;

        Assert.Equal((FaultCode.RateLimited, 30), (fault.Code, fault.RetryAfterSeconds));
        Assert.NotNull(limits.TakeFailure(IPAddress.Parse("2001:db8:1:2:ffff::9")));

        // Two addresses may share a bucket; twenty do not.
        Assert.Contains(Enumerable.Range(1, 20), i => limits.TakeFailure(IPAddress.Parse($"10.0.0.{i}")) is null);
    }

    // The framework's own bucket let pass whoever asked while a fraction of a token was there, and one always was: 9,400 in four seconds.
    [Fact]
    public void TakeFailure_AFloodForMinutes_LetsThroughWhatWasSaidAndNoMore()
    {
        using var limits = Limits(perMinute: 300, all: 1_000_000);
        var address = IPAddress.Parse("192.0.2.1");
        Assert.Equal(300, Through(limits, address, 10_000));
        for (var tenth = 0; tenth < 600; tenth++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            if (tenth % 2 == 1) Assert.InRange(Through(limits, address, 100), 0, 2);
        }

        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(300, Through(limits, address, 10_000));
        Assert.Equal(0, Through(limits, IPAddress.Parse("::ffff:192.0.2.1"), 100));
    }

    [Fact]
    public void TakeFailure_OfManyAddresses_IsBoundedInAll()
    {
        using var limits = Limits(perMinute: 300, all: 300);
        Assert.Equal(300, Enumerable.Range(0, 5_000).Count(i => limits.TakeFailure(new IPAddress([10, 1, (byte)(i / 250), (byte)(i % 250)])) is null));
    }

    private readonly FakeTimeProvider _time = new();

    private static int Through(RateLimits limits, IPAddress address, int tried) => Enumerable.Range(0, tried).Count(_ => limits.TakeFailure(address) is null);

    private RateLimits Limits(int perMinute = 2, int all = 1_000) =>
        new(Options.Create(new ServerOptions { Rates = new() { RequestsPerSecond = 1, RequestBurst = 3, FailedKeysPerMinute = perMinute, AllFailedKeysPerMinute = all } }), _time);
}
