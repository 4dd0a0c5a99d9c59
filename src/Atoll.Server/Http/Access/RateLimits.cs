using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Atoll.Core.Faults;
using Atoll.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Http.Access;

/// <summary>
/// Token buckets: one for each key, and for failures one for each remote address and one for all. Keys that are known are finite, and a bucket nobody draws from goes away; addresses are
/// not, so they share a fixed number of buckets (IPv6 by /64, as a host has one whole). Which ones share is different in every process.
/// <para>Threads: any member at any time.</para>
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private const int AddressBuckets = 4096;
    private const int Ipv6NetworkBytes = 8;
    private readonly PartitionedRateLimiter<string> _keys;
    private readonly FailureBucket[] _failures;
    private readonly FailureBucket _allFailures;
    private readonly TimeProvider _time;
    private readonly long _started;

    public RateLimits(IOptions<ServerOptions> options, TimeProvider time)
    {
        var rates = options.Value.Rates;
        var perKey = Bucket(rates.RequestsPerSecond, rates.RequestBurst);
        _keys = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => perKey));
        _failures = [.. Enumerable.Range(0, AddressBuckets).Select(_ => new FailureBucket(rates.FailedKeysPerMinute))];
        _allFailures = new(rates.AllFailedKeysPerMinute);
        (_time, _started) = (time, time.GetTimestamp());
    }

    /// <summary>Counts a request of a key; the fault if it is one too many.</summary>
    public Fault? Take(string key)
    {
        using var lease = _keys.AttemptAcquire(key);
        return lease.IsAcquired ? null : TooFast(lease, $"Key {key} sends requests faster than it may.", "Send fewer, or spread them out; an operator can raise Server:Rates.");
    }

    /// <summary>Counts a request without a valid key; the fault if it is one too many of its address, or of all.</summary>
    public Fault? TakeFailure(IPAddress? address)
    {
        var now = _time.GetElapsedTime(_started);
        if (!_failures[BucketOf(address)].TryTake(now, out var wait)) return TooFast(wait, "Too many requests without a valid key came from this address.", "Wait, and send a key that is valid.");
        return _allFailures.TryTake(now, out wait) ? null : TooFast(wait, "Too many requests without a valid key come from everywhere.", "Wait, or send a key that is valid: those are heard.");
    }

    public void Dispose() => _keys.Dispose();

    private static Fault TooFast(RateLimitLease lease, string detail, string hint) => TooFast(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.Zero, detail, hint);

    private static Fault TooFast(TimeSpan wait, string detail, string hint) => new(FaultCode.RateLimited, FaultSide.Caller, FaultStage.Admission, detail, hint)
    {
        RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)),
    };

    private static int BucketOf(IPAddress? address)
    {
        if (address is null) return 0;
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        HashCode hash = default;
        hash.AddBytes(address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? bytes.AsSpan(0, Ipv6NetworkBytes) : bytes);
        return (int)((uint)hash.ToHashCode() % AddressBuckets);
    }

    // The limiter adds whole tokens in periods: ten times a second where the rate has that many, else one at a time.
    private static TokenBucketRateLimiterOptions Bucket(int perSecond, int burst)
    {
        var tokens = Math.Max(1, perSecond / 10);
        return new() { TokenLimit = burst, TokensPerPeriod = tokens, ReplenishmentPeriod = TimeSpan.FromSeconds(1) * tokens / perSecond, QueueLimit = 0, AutoReplenishment = false };
    }
}
