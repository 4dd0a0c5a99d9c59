using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Atoll.Core.Faults;
using Atoll.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Http.Access;

/// <summary>
/// Token buckets: one for each key, and one for the failures of each remote address. Keys that are known are finite, and a bucket nobody draws from goes away; addresses are
/// not, so they share a fixed number of buckets (IPv6 by /64, as a host has one whole). Which ones share is different in every process.
/// <para>Threads: any member at any time.</para>
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private const int AddressBuckets = 4096;
    private const int Ipv6NetworkBytes = 8;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly PartitionedRateLimiter<string> _keys;
    private readonly PartitionedRateLimiter<int> _failures;

    public RateLimits(IOptions<ServerOptions> options)
    {
        var rates = options.Value.Rates;
        var perKey = Bucket(TimeSpan.FromSeconds(1), rates.RequestsPerSecond, rates.RequestBurst);
        var perAddress = Bucket(Minute, rates.FailedKeysPerMinute, rates.FailedKeysPerMinute);
        _keys = PartitionedRateLimiter.Create<string, string>(key => RateLimitPartition.GetTokenBucketLimiter(key, _ => perKey));
        _failures = PartitionedRateLimiter.Create<int, int>(bucket => RateLimitPartition.GetTokenBucketLimiter(bucket, _ => perAddress));
    }

    /// <summary>Counts a request of a key; the fault if it is one too many.</summary>
    public Fault? Take(string key)
    {
        using var lease = _keys.AttemptAcquire(key);
        return lease.IsAcquired ? null : TooFast(lease, $"Key {key} sends requests faster than it may.", "Send fewer, or spread them out; an operator can raise Server:Rates.");
    }

    /// <summary>The fault for an address that has presented wrong keys too often; nothing is counted.</summary>
    public Fault? Look(IPAddress? address)
    {
        using var lease = _failures.AttemptAcquire(BucketOf(address), 0);
        return lease.IsAcquired ? null : TooFast(lease, "Too many requests without a valid key came from this address.", "Wait, and send a key that is valid.");
    }

    public void CountFailure(IPAddress? address) => _failures.AttemptAcquire(BucketOf(address)).Dispose();

    public void Dispose()
    {
        _keys.Dispose();
        _failures.Dispose();
    }

    private static Fault TooFast(RateLimitLease lease, string detail, string hint) => new(FaultCode.RateLimited, FaultSide.Caller, FaultStage.Admission, detail, hint)
    {
        RetryAfterSeconds = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : 1,
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
    private static TokenBucketRateLimiterOptions Bucket(TimeSpan per, int count, int burst)
    {
        var tokens = per < Minute ? Math.Max(1, count / 10) : 1;
        return new() { TokenLimit = burst, TokensPerPeriod = tokens, ReplenishmentPeriod = per * tokens / count, QueueLimit = 0, AutoReplenishment = false };
    }
}
