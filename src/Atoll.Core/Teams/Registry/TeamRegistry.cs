using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Store;
using Atoll.Core.Store.Rows;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Teams.Registry;

/// <summary>
/// Teams and keys in the database, with every key that has been used kept in memory by its hash. Memory holds no more than there are keys: a wrong one is not kept.
/// </summary>
internal sealed class TeamRegistry(Database database, KeyUse use, TimeProvider time) : ITeams
{
    private const int MaxNameLength = 100;
    private static readonly Fault Unauthenticated = new(
        FaultCode.Unauthenticated, FaultSide.Caller, FaultStage.Request, "No valid API key came with the request.", "Send 'Authorization: Bearer atoll_…' or 'X-API-Key: atoll_…'.");

    private readonly ConcurrentDictionary<string, KnownKey> _known = new();
    private long _revocations;

    public async Task<Result<Caller>> AuthenticateAsync(string secret, CancellationToken cancellation)
    {
        if (!ApiKeys.HasForm(secret)) return Unauthenticated;
        var hash = ApiKeys.Hash(secret);
        if (!_known.TryGetValue(hash, out var known))
        {
            var loaded = await LoadAsync(hash, cancellation);
            if (!loaded.TryGet(out known, out var fault)) return fault;
        }

        // Whom the hash belongs to was found by look-up, whose time says nothing about the key itself; the comparison tells nothing either.
        if (known is null || !CryptographicOperations.FixedTimeEquals(known.Hash, Encoding.ASCII.GetBytes(hash))) return Unauthenticated;
        use.Note(known.Caller.KeyId);
        return known.Caller;
    }

    public async Task<CreatedKey?> EnsureFirstAsync(CancellationToken cancellation)
    {
        var (secret, now, team) = (ApiKeys.NewSecret(), time.GetUtcNow(), ApiKeys.NewTeamId());
        var made = await database.WriteAsync(async context =>
        {
            if (await context.Keys.AnyAsync(CancellationToken.None)) return null;
            var existing = await context.Teams.OrderBy(x => x.CreatedAt).FirstOrDefaultAsync(CancellationToken.None);
            if (existing is null) context.Teams.Add(new() { Id = team.Value, Name = "default", CreatedAt = now });
            var row = NewKey(new(existing?.Id ?? team.Value), "first", secret, now);
            context.Keys.Add(row);
            await context.SaveChangesAsync(CancellationToken.None);
            return new CreatedKey(ToKey(row), secret);
        });
        return made.TryGet(out var key, out var fault) ? key : throw new FaultException(fault);
    }

    public async Task<Result<TeamId>> CreateTeamAsync(string name, CancellationToken cancellation)
    {
        if (CheckName(name) is { } mistake) return mistake;
        var id = ApiKeys.NewTeamId();
        return await database.WriteAsync(async context =>
        {
            context.Teams.Add(new() { Id = id.Value, Name = name, CreatedAt = time.GetUtcNow() });
            await context.SaveChangesAsync(CancellationToken.None);
            return id;
        });
    }

    public async Task<Result<CreatedKey>> CreateKeyAsync(TeamId team, string name, CancellationToken cancellation)
    {
        if (CheckName(name) is { } mistake) return mistake;
        var secret = ApiKeys.NewSecret();
        var row = NewKey(team, name, secret, time.GetUtcNow());
        return await database.WriteAsync(async context =>
        {
            context.Keys.Add(row);
            await context.SaveChangesAsync(CancellationToken.None);
            return new CreatedKey(ToKey(row), secret);
        });
    }

    /// <exception cref="FaultException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<ApiKey>> ListKeysAsync(TeamId team, CancellationToken cancellation)
    {
        var read = await database.ReadAsync(
            context => context.Keys.Where(x => x.Team == team.Value).OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).ToListAsync(cancellation), cancellation);
        return read.TryGet(out var rows, out var fault) ? [.. rows.Select(ToKey)] : throw new FaultException(fault);
    }

    public async Task<Result<Done>> RevokeKeyAsync(TeamId team, string keyId, CancellationToken cancellation)
    {
        var deleted = await database.WriteAsync(context =>
            context.Keys.Where(x => x.Id == keyId && x.Team == team.Value).ExecuteDeleteAsync(CancellationToken.None));
        if (!deleted.TryGet(out var count, out var fault)) return fault;
        if (count == 0) return new Fault(FaultCode.KeyNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such key.", "List your keys to see their ids.");

        // Counted when the row is gone and before memory is cleared. An authentication that read the row earlier either looks at the count after this, and takes back
        // what it kept, or kept it before this, and it is cleared below.
        Interlocked.Increment(ref _revocations);
        foreach (var (hash, known) in _known)
        {
            if (known.Caller.KeyId == keyId) _known.TryRemove(hash, out _);
        }

        return Done.Value;
    }

    private async Task<Result<KnownKey?>> LoadAsync(string hash, CancellationToken cancellation)
    {
        var revocations = Interlocked.Read(ref _revocations);
        var found = await database.ReadAsync(
            context => context.Keys.Where(x => x.Hash == hash)
                .Join(context.Teams, key => key.Team, team => team.Id, (key, team) => new { key.Id, key.Name, key.Hash, Team = team.Id, TeamName = team.Name })
                .FirstOrDefaultAsync(cancellation),
            cancellation);
        if (!found.TryGet(out var row, out var fault)) return fault;
        if (row is null) return (KnownKey?)null;

        KnownKey known = new(new(new(row.Team), row.TeamName, row.Id, row.Name), Encoding.ASCII.GetBytes(row.Hash));
        _known[hash] = known;
        if (Interlocked.Read(ref _revocations) != revocations) _known.TryRemove(hash, out _);
        return known;
    }

    private static KeyRow NewKey(TeamId team, string name, string secret, DateTimeOffset now) => new()
    {
        Id = ApiKeys.NewKeyId(),
        Team = team.Value,
        Name = name,
        Prefix = ApiKeys.PrefixOf(secret),
        Hash = ApiKeys.Hash(secret),
        CreatedAt = now,
    };

    private ApiKey ToKey(KeyRow row) => new(row.Id, new(row.Team), row.Name, row.Prefix, row.CreatedAt, use.Pending(row.Id) ?? row.LastUsedAt);

    private static Fault? CheckName(string name)
    {
        FieldErrors errors = new();
        if (name.Trim().Length == 0 || name.Length > MaxNameLength || name.Any(char.IsControl)) errors.Add("name", $"A name is 1 to {MaxNameLength} printable characters.");
        return errors.ToFault();
    }
}
