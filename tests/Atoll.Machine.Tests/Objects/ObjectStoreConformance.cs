using System.Security.Cryptography;
using Atoll.Core.Faults;
using Atoll.Core.Objects;

namespace Atoll.Machine.Tests.Objects;

/// <summary>What every <see cref="IObjectStore"/> does.</summary>
public abstract class ObjectStoreConformance
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Empty at the beginning of a test.</summary>
    protected abstract IObjectStore Store { get; }

    protected virtual IReadOnlyList<string> ListedKeys => ["a", "a-b", "a/b", "a/b/c", "a.b", "a0", "b/1", "b/2", "b/3", "c"];

    [Fact]
    public async Task Put_ThenGet_IsWhatWasPutWhateverItsLength()
    {
        foreach (var length in (int[])[0, 1, 1000, 5 << 20, (5 << 20) + 1, 12_345_678])
        {
            var bytes = RandomNumberGenerator.GetBytes(length);
            var key = ObjectKey.Parse($"a/b/{length}");
            Assert.Equal(length, Value(await Store.PutAsync(key, new OneWayStream(bytes), Cancellation)));
            Assert.Equal(new StoredObject(key, length), Value(await Store.HeadAsync(key, Cancellation)));
            Assert.Equal(bytes, await ReadAsync(key));
        }
    }

    [Fact]
    public async Task Get_OfARange_IsThatRange()
    {
        var bytes = RandomNumberGenerator.GetBytes(10_000);
        var key = ObjectKey.Parse("range");
        Value(await Store.PutAsync(key, new OneWayStream(bytes), Cancellation));
        foreach (var (offset, length) in ((int, int?)[])[(0, 1), (0, 10_000), (0, 20_000), (5000, null), (9_999, null), (9_999, 5), (10_000, null), (10_000, 1), (20_000, 7), (3, 0), (0, null)])
        {
            var expected = bytes.Skip(offset).Take(length ?? int.MaxValue).ToArray();
            Assert.Equal(expected, await ReadAsync(key, offset, length));
        }
    }

    [Fact]
    public async Task Put_OfWhatIsThere_ReplacesItAndReadersKeepTheirs()
    {
        var key = ObjectKey.Parse("twice");
        var (first, second) = (RandomNumberGenerator.GetBytes(300_000), RandomNumberGenerator.GetBytes(10));
        Value(await Store.PutAsync(key, new OneWayStream(first), Cancellation));
        Value(await Store.PutAsync(key, new OneWayStream(second), Cancellation));
        Assert.Equal(second, await ReadAsync(key));
    }

    [Fact]
    public async Task NotThere_IsSaidOrNothing()
    {
        var key = ObjectKey.Parse("no/such");
        Assert.Null(Value(await Store.HeadAsync(key, Cancellation)));
        Assert.Equal(FaultCode.ObjectNotFound, (await Store.GetAsync(key, 0, null, Cancellation)).Fault?.Code);
        Assert.Null((await Store.DeleteAsync(key, Cancellation)).Fault);
        Value(await Store.PutAsync(key, new OneWayStream([1]), Cancellation));
        Assert.Equal(FaultCode.ObjectNotFound, (await Store.GetAsync(ObjectKey.Parse("no"), 0, null, Cancellation)).Fault?.Code);
        Assert.Null((await Store.DeleteAsync(key, Cancellation)).Fault);
        Assert.Null(Value(await Store.HeadAsync(key, Cancellation)));
    }

    [Fact]
    public async Task List_ByPrefixInPages_HasEachOnceInOrder()
    {
        var keys = ListedKeys;
        foreach (var key in keys) Value(await Store.PutAsync(ObjectKey.Parse(key), new OneWayStream([1, 2, 3]), Cancellation));
        foreach (var prefix in (string[])["", "a", "a/", "a/b", "b/", "b/2", "d", "a/x/"])
        {
            foreach (var limit in (int[])[1, 3, 100])
            {
                List<string> found = [];
                ObjectPage page;
                do
                {
                    page = Value(await Store.ListAsync(prefix, limit, found.Count == 0 ? null : ObjectKey.Parse(found[^1]), Cancellation));
                    Assert.True(page.Objects.Count <= limit);
                    Assert.All(page.Objects, one => Assert.Equal(3, one.Bytes));
                    found.AddRange(page.Objects.Select(one => one.Key.Value));
                }
                while (page.More);
                Assert.Equal(keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal), found);
            }
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(12_000_000)]
    public async Task Put_WhoseContentBreaks_LeavesWhatWasThere(int length)
    {
        var (fresh, old) = (ObjectKey.Parse("broken/fresh"), ObjectKey.Parse("broken/old"));
        Value(await Store.PutAsync(old, new OneWayStream([7]), Cancellation));
        foreach (var key in (ObjectKey[])[fresh, old])
        {
            await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await Store.PutAsync(key, new OneWayStream(new byte[length], new InvalidTimeZoneException()), Cancellation));
            using CancellationTokenSource cancelled = new();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.PutAsync(key, new OneWayStream(new byte[length]), cancelled.Token));
        }

        Assert.Null(Value(await Store.HeadAsync(fresh, Cancellation)));
        Assert.Equal([7], await ReadAsync(old));
        Assert.Equal([old.Value], Value(await Store.ListAsync("broken/", 10, null, Cancellation)).Objects.Select(one => one.Key.Value));
    }

    [Fact]
    public async Task Put_ManyAtOnce_EachIsWhole()
    {
        var keys = Enumerable.Range(0, 40).Select(i => ObjectKey.Parse($"many/{i % 10}")).ToList();
        await Task.WhenAll(keys.Select(async (key, i) =>
        {
            Value(await Store.PutAsync(key, new OneWayStream([.. Enumerable.Repeat((byte)i, 100_000)]), Cancellation));
            if (i % 3 == 0) Assert.Null((await Store.DeleteAsync(ObjectKey.Parse($"many/gone/{i}"), Cancellation)).Fault);
        }));
        foreach (var key in keys.Distinct())
        {
            var bytes = await ReadAsync(key);
            Assert.Equal(100_000, bytes.Length);
            Assert.Single(bytes.Distinct());
        }
    }

    protected static T Value<T>(Result<T> result)
    {
        Assert.True(result.Succeeded, result.Fault?.ToString());
        return result.Value;
    }

    protected async Task<byte[]> ReadAsync(ObjectKey key, long offset = 0, long? length = null)
    {
        await using var stream = Value(await Store.GetAsync(key, offset, length, Cancellation));
        using MemoryStream all = new();
        await stream.CopyToAsync(all, Cancellation);
        return all.ToArray();
    }

    /// <summary>A stream whose length nobody knows, read in odd pieces, which may break at its end.</summary>
    protected sealed class OneWayStream(byte[] bytes, Exception? end = null) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_at == bytes.Length && end is not null) throw end;
            var count = Math.Min(Math.Min(buffer.Length, 77_777), bytes.Length - _at);
            bytes.AsMemory(_at, count).CopyTo(buffer);
            _at += count;
            return ValueTask.FromResult(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
