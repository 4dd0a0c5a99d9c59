using System.Collections.Concurrent;
using Atoll.Core.Faults;
using Atoll.Core.Objects;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Objects in memory, which outlive the server under test, and which servers may share.</summary>
internal sealed class FakeStore : IObjectStore
{
    public static readonly Fault Gone = ObjectFaults.Unavailable("memory", "It is gone.");

    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Puts { get; } = new();

    public ConcurrentQueue<string> Abandoned { get; } = new();

    /// <summary>How many more calls succeed before the store is gone.</summary>
    public int CallsLeft { get; set; } = int.MaxValue;

    public string Description => "memory";

    public async Task<Result<long>> PutAsync(ObjectKey key, Stream content, CancellationToken cancellation)
    {
        if (CallsLeft-- <= 0) return Gone;
        using MemoryStream all = new();
        await content.CopyToAsync(all, cancellation);
        Objects[key.Value] = all.ToArray();
        Puts.Enqueue(key.Value);
        return all.Length;
    }

    public Task<Result<Stream>> GetAsync(ObjectKey key, long offset, long? length, CancellationToken cancellation)
    {
        if (CallsLeft-- <= 0) return Task.FromResult<Result<Stream>>(Gone);
        if (!Objects.TryGetValue(key.Value, out var bytes)) return Task.FromResult<Result<Stream>>(ObjectFaults.NotFound(key));
        var from = (int)Math.Min(offset, bytes.Length);
        return Task.FromResult<Result<Stream>>(new MemoryStream(bytes, from, (int)Math.Min(length ?? int.MaxValue, bytes.Length - from)));
    }

    public Task<Result<StoredObject?>> HeadAsync(ObjectKey key, CancellationToken cancellation) => Task.FromResult<Result<StoredObject?>>(
        CallsLeft-- <= 0 ? Gone : Objects.TryGetValue(key.Value, out var bytes) ? new StoredObject(key, bytes.Length) : (StoredObject?)null);

    public Task<Result<ObjectPage>> ListAsync(string prefix, int limit, ObjectKey? after, CancellationToken cancellation) => Task.FromResult<Result<ObjectPage>>(CallsLeft-- <= 0
        ? Gone
        : new ObjectPage([.. Objects.Where(x => x.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(x => x.Key, StringComparer.Ordinal).Take(limit).Select(x => new StoredObject(ObjectKey.Parse(x.Key), x.Value.Length))], false));

    public Task<Result<Done>> DeleteAsync(ObjectKey key, CancellationToken cancellation)
    {
        if (CallsLeft-- <= 0) return Task.FromResult<Result<Done>>(Gone);
        Objects.TryRemove(key.Value, out _);
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Task<Result<Done>> AbandonAsync(string prefix, CancellationToken cancellation)
    {
        Abandoned.Enqueue(prefix);
        return Task.FromResult<Result<Done>>(Done.Value);
    }
}
