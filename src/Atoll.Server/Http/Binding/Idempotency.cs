using System.Security.Cryptography;
using Atoll.Core.Faults;

namespace Atoll.Server.Http.Binding;

/// <summary>
/// Answers a repeated request with the first one's result, so that a client may retry after a lost reply. Kept in memory for ten minutes and for the newest
/// <see cref="MaxEntries"/> keys: enough for retries, and a server restart forgets them (the creation of sandboxes, which outlives it, has Core's own).
/// A first request that failed is forgotten at once. Threads: any member at any time; requests with one key at the same time wait for the first.
/// </summary>
internal sealed class Idempotency(TimeProvider time)
{
    public const int MaxEntries = 10_000;
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(10);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Queue<(string Key, Entry Entry)> _order = new();

    /// <param name="scope">What the key counts within: team, route and sandbox.</param>
    /// <param name="request">The request's bytes: the same key with others is a conflict.</param>
    public async Task<Result<T>> RunAsync<T>(string scope, IdempotencyKey key, ReadOnlyMemory<byte> request, Func<Task<Result<T>>> work)
    {
        if (key.Value is null) return await work();
        var name = scope + '\n' + key.Value;
        var hash = Convert.ToHexString(SHA256.HashData(request.Span));
        var own = new Entry(hash, time.GetTimestamp());
        var entry = Enter(name, own);
        if (entry.RequestHash != hash)
            return new Fault(FaultCode.IdempotencyConflict, FaultSide.Caller, FaultStage.Request, "This Idempotency-Key was used for a different request.", "Use a new key for a new request.");
        if (!ReferenceEquals(entry, own)) return await entry.Outcome.Task is Result<T> first ? first : await work();
        Result<T>? result = null;
        try
        {
            result = await work();
            return result.Value;
        }
        finally
        {
            if (result is not { Succeeded: true }) Forget(name, own);
            own.Outcome.SetResult(result is { Succeeded: true } done ? (object)done : null);
        }
    }

    private Entry Enter(string name, Entry own)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && (_order.Count >= MaxEntries || time.GetElapsedTime(oldest.Entry.Since) > Keep))
            {
                _order.Dequeue();
                if (_entries.TryGetValue(oldest.Key, out var current) && ReferenceEquals(current, oldest.Entry)) _entries.Remove(oldest.Key);
            }

            if (_entries.TryGetValue(name, out var known)) return known;
            _entries[name] = own;
            _order.Enqueue((name, own));
            return own;
        }
    }

    private void Forget(string name, Entry own)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(name, out var current) && ReferenceEquals(current, own)) _entries.Remove(name);
        }
    }

    private sealed class Entry(string requestHash, long since)
    {
        public string RequestHash => requestHash;

        public long Since => since;

        public TaskCompletionSource<object?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
