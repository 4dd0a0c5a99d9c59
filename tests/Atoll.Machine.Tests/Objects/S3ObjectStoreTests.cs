using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Machine.Objects;
using Atoll.Machine.Objects.S3;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Objects;

public sealed class S3ObjectStoreTests(S3Fixture fixture) : ObjectStoreConformance, IClassFixture<S3Fixture>, IAsyncLifetime
{
    private static int _tests;
    private readonly string _prefix = $"test-{Interlocked.Increment(ref _tests)}";
    private S3ObjectStore? _store;
    private S3Server? _server;

    protected override IObjectStore Store => _store ??= new(Options());

    /// <summary>Of one length and in one folder: s3rver lists in the order of its files, which is that of keys only then.</summary>
    protected override IReadOnlyList<string> ListedKeys => ["a1", "a2", "a3", "a4", "b1", "b2", "c0"];

    [Fact]
    public async Task Put_LargerThanAPart_IsOneObjectAmongThoseOfOthers()
    {
        using S3ObjectStore all = new(Options(prefix: null));
        var bytes = new byte[13_000_000];
        new Random(1).NextBytes(bytes);
        Value(await Store.PutAsync(ObjectKey.Parse("large"), new OneWayStream(bytes), Cancellation));
        Assert.Equal(bytes, await ReadAsync(ObjectKey.Parse("large")));
        Assert.Contains(Value(await all.ListAsync(_prefix + "/", 1000, null, Cancellation)).Objects, one => one.Key.Value == _prefix + "/large" && one.Bytes == bytes.Length);
    }

    [Fact]
    public async Task Keys_Wrong_AreRefusedAndNowhereInTheWords()
    {
        var options = Options(secret: "hidden-secret-value");
        options.AccessKey = "NOBODY";
        using S3ObjectStore wrong = new(options);
        var fault = (await wrong.PutAsync(ObjectKey.Parse("a"), new OneWayStream([1]), Cancellation)).Fault!;
        Assert.Equal(FaultCode.ObjectStoreUnavailable, fault.Code);
        Assert.DoesNotContain("hidden-secret-value", fault.ToString() + wrong.Description + S3Keys.Of(Options(secret: "hidden-secret-value")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bucket_NotThere_IsAFaultAndNotAnEmptyStore()
    {
        var options = Options();
        options.Bucket = "no-such-bucket";
        using S3ObjectStore store = new(options);
        Assert.Equal(FaultCode.ObjectStoreUnavailable, (await store.PutAsync(ObjectKey.Parse("a"), new OneWayStream([1]), Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.ObjectStoreUnavailable, (await store.GetAsync(ObjectKey.Parse("a"), 0, null, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Service_GoneAndBack_IsAFaultInBetween()
    {
        await using var server = await S3Server.StartNewAsync(Cancellation);
        var options = Options();
        (options.Endpoint, options.Retries) = (server.Endpoint, 1);
        using S3ObjectStore store = new(options);
        var key = ObjectKey.Parse("kept");
        Value(await store.PutAsync(key, new OneWayStream([1, 2]), Cancellation));
        await server.StopAsync();
        Assert.Equal(FaultCode.ObjectStoreUnavailable, (await store.PutAsync(key, new OneWayStream([3]), Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.ObjectStoreUnavailable, (await store.PutAsync(key, new OneWayStream(new byte[6_000_000]), Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.ObjectStoreUnavailable, (await store.HeadAsync(key, Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.ObjectStoreUnavailable, (await store.ListAsync("", 10, null, Cancellation)).Fault?.Code);
        await server.StartAsync(Cancellation);
        Assert.Equal(2, Value(await store.HeadAsync(key, Cancellation))!.Bytes);
    }

    public async ValueTask InitializeAsync() => _server = await fixture.GetAsync(Cancellation);

    public ValueTask DisposeAsync()
    {
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }

    private ObjectStoreOptions Options(string? prefix = "", string secret = S3Server.Key) => new()
    {
        Kind = ObjectStoreOptions.S3,
        Endpoint = _server!.Endpoint,
        Bucket = S3Server.Bucket,
        Prefix = prefix is null ? null : _prefix,
        AccessKey = S3Server.Key,
        SecretKey = secret,
        UploadPartBytes = 5 << 20,
    };
}
