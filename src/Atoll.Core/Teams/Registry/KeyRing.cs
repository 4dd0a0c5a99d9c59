using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Store;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Teams.Registry;

/// <summary>
/// Every key that has been used, in memory by its hash: the path of every request. It holds no more than there are keys, as a wrong one is not kept. Whatever changes what a
/// key may do is written first, and then forgotten here: <see cref="Forget"/>, or <see cref="End"/> where it takes something from the key.
/// </summary>
internal sealed class KeyRing(Database database, KeyIndex index, KeyGrants grants, KeyUse use, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, KnownKey> _known = new();
    private long _changes;

    public async Task<Result<KeyHolder>> AuthenticateAsync(string secret, CancellationToken cancellation)
    {
        if (!ApiKeys.HasForm(secret)) return KeyFaults.Unauthenticated;
        var hash = ApiKeys.Hash(secret);
        if (_known.TryGetValue(hash, out var known)) return Judge(known, hash);
        if (!(await index.MayHoldAsync(hash, cancellation)).TryGet(out var may, out var fault)) return fault;
        if (!may) return KeyFaults.Unauthenticated;
        var loaded = await LoadAsync(hash, cancellation);
        if (!loaded.TryGet(out known, out fault)) return fault;
        return known is null ? KeyFaults.Unauthenticated : Judge(known, hash);
    }

    /// <summary>A key that was just saved can be used.</summary>
    public void Add(string hash) => index.Add(hash);

    /// <summary>After what changed is in the database: from the return on, nobody gets what was known before.</summary>
    public void Forget(Predicate<KeyHolder> changed)
    {
        // Counted when the change is saved and before memory is cleared. An authentication that read the row earlier either looks at the count after this, and takes back
        // what it kept, or kept it before this, and it is cleared below.
        Interlocked.Increment(ref _changes);
        foreach (var (hash, known) in _known)
        {
            if (changed(known.Caller)) _known.TryRemove(hash, out _);
        }
    }

    /// <summary>The same, and what those keys have open ends with it.</summary>
    public void End(Predicate<KeyHolder> changed, Fault reason)
    {
        Forget(changed);
        grants.End(changed, reason);
    }

    private Result<KeyHolder> Judge(KnownKey known, string hash)
    {
        // Whom the hash belongs to was found by look-up, whose time says nothing about the key itself; the comparison tells nothing either.
        if (!CryptographicOperations.FixedTimeEquals(known.Hash, Encoding.ASCII.GetBytes(hash))) return KeyFaults.Unauthenticated;
        if (known.Caller.ExpiresAt <= time.GetUtcNow()) return KeyFaults.Expired(known.Caller);
        use.Note(known.Caller.KeyId);
        return known.Caller;
    }

    private async Task<Result<KnownKey?>> LoadAsync(string hash, CancellationToken cancellation)
    {
        while (true)
        {
            var changes = Interlocked.Read(ref _changes);
            if (!(await ReadAsync(hash, cancellation)).TryGet(out var caller, out var fault)) return fault;
            if (caller is null)
            {
                index.Remove(hash);
                return (KnownKey?)null;
            }

            KnownKey known = new(grants.With(caller), Encoding.ASCII.GetBytes(hash));
            _known[hash] = known;
            if (Interlocked.Read(ref _changes) == changes) return known;

            // It may have been read before what changed was saved: what it opens would then outlive the change.
            _known.TryRemove(hash, out _);
        }
    }

    private async Task<Result<KeyHolder?>> ReadAsync(string hash, CancellationToken cancellation)
    {
        var found = await database.ReadAsync(
            context => (
                from key in context.Keys
                where key.Hash == hash
                join team in context.Teams on key.Team equals team.Id
                from user in context.Users.Where(user => user.Id == key.User).DefaultIfEmpty()
                select new { Key = key, Team = team.Name, Role = (UserRole?)user!.Role }).FirstOrDefaultAsync(cancellation),
            cancellation);
        if (!found.TryGet(out var row, out var fault)) return fault;
        if (row is null) return (KeyHolder?)null;
        var scopes = (KeyScopes)row.Key.Scopes & (row.Role?.Most() ?? KeyScopes.All);
        return new KeyHolder(new(row.Key.Team), row.Team, row.Key.Id, row.Key.Name, scopes, row.Key.User, row.Key.ExpiresAt);
    }
}
