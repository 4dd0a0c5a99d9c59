using System.Collections.Concurrent;
using System.Globalization;
using Atoll.Core.Faults;
using Atoll.Core.Store;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Teams.Registry;

/// <summary>
/// Which hashes are a key's at all, by their first 64 bits: a wrong key is told here, in memory, and never costs the database a look-up, however many come a second. Read whole when the first key comes; one that
/// was revoked since goes when it is looked up in vain. At most 16 bytes for each key. Thread-safe.
/// </summary>
internal sealed class KeyIndex(Database database) : IDisposable
{
    private const int Digits = 16;
    private readonly ConcurrentDictionary<ulong, bool> _starts = new();
    private readonly SemaphoreSlim _one = new(1);
    private volatile bool _read;

    /// <summary>
    /// False for what is certainly no key. True once for anything, by whom it was read: the first look-up of a server prepares the database's statement, which the first user need not wait for.
    /// </summary>
    public ValueTask<Result<bool>> MayHoldAsync(string hash, CancellationToken cancellation) =>
        _read ? ValueTask.FromResult<Result<bool>>(_starts.ContainsKey(StartOf(hash))) : ReadAsync(hash, cancellation);

    /// <summary>Of a key that has been saved, and nobody has yet.</summary>
    public void Add(string hash) => _starts[StartOf(hash)] = true;

    /// <summary>Of one that the database does not know.</summary>
    public void Remove(string hash) => _starts.TryRemove(StartOf(hash), out _);

    public void Dispose() => _one.Dispose();

    private async ValueTask<Result<bool>> ReadAsync(string hash, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_read) return _starts.ContainsKey(StartOf(hash));
            var read = await database.ReadAsync(context => context.Keys.Select(key => key.Hash).ToListAsync(cancellation), cancellation);
            if (!read.TryGet(out var hashes, out var fault)) return fault;
            foreach (var known in hashes) Add(known);
            _read = true;
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    private static ulong StartOf(string hash) => ulong.Parse(hash.AsSpan(0, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
