using Atoll.Core.Faults;
using Atoll.Core.Store;
using Atoll.Core.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Teams.Registry;

/// <summary>Keys in the database, and in memory those that are used.</summary>
internal sealed class KeyRegistry(Database database, KeyRing ring, KeyUse use, IOptions<TeamOptions> options, TimeProvider time) : IKeys
{
    public Task<Result<KeyHolder>> AuthenticateAsync(string secret, CancellationToken cancellation) => ring.AuthenticateAsync(secret, cancellation);

    public async Task<CreatedKey?> EnsureFirstAsync(CancellationToken cancellation)
    {
        var (secret, now, team) = (ApiKeys.NewSecret(), time.GetUtcNow(), ApiKeys.NewTeamId());
        const int Needed = (int)KeyScopes.Operator;
        var made = await database.WriteAsync(async context =>
        {
            var operators = context.Keys.Where(x => (x.Scopes & Needed) != 0 && (x.ExpiresAt == null || x.ExpiresAt > now)
                && (x.User == null || context.Users.Any(user => user.Id == x.User && user.Role == UserRole.Owner)));
            if (await operators.AnyAsync(CancellationToken.None)) return null;
            var existing = await context.Teams.OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).FirstOrDefaultAsync(CancellationToken.None);
            if (existing is null) context.Teams.Add(new() { Id = team.Value, Name = "default", CreatedAt = now });
            var row = NewRow(new(existing?.Id ?? team.Value), "first", secret, KeyScopes.All, now);
            context.Keys.Add(row);
            await context.SaveChangesAsync(CancellationToken.None);
            return new CreatedKey(ToKey(row), secret);
        });
        if (made is { Succeeded: true, Value: not null }) ring.Add(ApiKeys.Hash(secret));
        return made.TryGet(out var key, out var fault) ? key : throw new FaultException(fault);
    }

    public async Task<Result<CreatedKey>> CreateAsync(TeamId team, NewKey key, KeyHolder by, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        FieldErrors errors = new();
        NameRules.Check(errors, key.Name);
        if (key.Scopes is KeyScopes.None) errors.Add("scopes", $"Some of {ScopeWords.All}.");
        if (key.ExpiresAt <= now) errors.Add("expiresAt", "A time that is still to come.");
        if (key.ExpiresAt > by.ExpiresAt) errors.Add("expiresAt", "A key cannot make one that lives longer than itself.");
        if (errors.ToFault() is { } mistake) return mistake;
        if (key.Scopes is { } wanted && (wanted & ~by.Scopes) is not KeyScopes.None and var lacking) return KeyFaults.TooMuch(lacking);

        var secret = ApiKeys.NewSecret();
        var row = NewRow(team, key.Name, secret, key.Scopes ?? (KeyScopes.Full & by.Scopes), now);
        row.ExpiresAt = key.ExpiresAt ?? by.ExpiresAt;
        var made = await database.WriteAsync<Result<CreatedKey>>(async context =>
        {
            if (!await context.Teams.AnyAsync(x => x.Id == team.Value, CancellationToken.None)) return TeamFaults.NoTeam;
            if (await context.Keys.CountAsync(x => x.Team == team.Value, CancellationToken.None) >= options.Value.MaxKeys)
                return TeamFaults.TooMany("keys of the team", options.Value.MaxKeys, "Teams:MaxKeys");
            if (key.User is not null)
            {
                var user = await context.Users.FirstOrDefaultAsync(x => x.Team == team.Value && (x.Id == key.User || x.Name == key.User), CancellationToken.None);
                if (user is null) return TeamFaults.NoUser;
                if (OwnedBy(row, user, key.Scopes) is { } beyond) return beyond;
            }

            context.Keys.Add(row);
            await context.SaveChangesAsync(CancellationToken.None);
            return new CreatedKey(ToKey(row), secret);
        });
        var created = made.Flatten();
        if (created.Succeeded) ring.Add(row.Hash);
        return created;
    }

    /// <exception cref="FaultException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(TeamId team, CancellationToken cancellation)
    {
        var read = await database.ReadAsync(
            context => context.Keys.Where(x => x.Team == team.Value).OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).ToListAsync(cancellation), cancellation);
        return read.TryGet(out var rows, out var fault) ? [.. rows.Select(ToKey)] : throw new FaultException(fault);
    }

    public async Task<Result<Done>> RevokeAsync(TeamId team, string keyId, KeyHolder by, CancellationToken cancellation)
    {
        var deleted = await database.WriteAsync<Result<Done>>(async context =>
        {
            if (await context.Keys.FirstOrDefaultAsync(x => x.Id == keyId && x.Team == team.Value, CancellationToken.None) is not { } row) return KeyFaults.KeyNotFound;
            var role = (await context.Users.FirstOrDefaultAsync(x => x.Id == row.User, CancellationToken.None))?.Role;
            var beyond = by.LacksOf((KeyScopes)row.Scopes & (role?.Most() ?? KeyScopes.All));
            if (keyId != by.KeyId && beyond is not KeyScopes.None) return KeyFaults.Stronger($"Key {keyId}", beyond);
            return await context.Keys.Where(x => x.Id == keyId).ExecuteDeleteAsync(CancellationToken.None) == 0 ? KeyFaults.KeyNotFound : Done.Value;
        });
        var done = deleted.Flatten();
        if (done.Succeeded) ring.End(caller => caller.KeyId == keyId, KeyFaults.Revoked);
        return done;
    }

    // What the role does not allow is refused when it was asked for by name, and left out when it was not.
    private static Fault? OwnedBy(KeyRow row, UserRow user, KeyScopes? asked)
    {
        var beyond = (KeyScopes)row.Scopes & ~user.Role.Most();
        if (asked is not null && beyond is not KeyScopes.None)
        {
            FieldErrors errors = new();
            errors.Add("scopes", $"A key of a {user.Role.ToString().ToLowerInvariant()} cannot have {string.Join(", ", ScopeWords.Of(beyond))}.");
            return errors.ToFault();
        }

        (row.User, row.Scopes) = (user.Id, row.Scopes & (int)user.Role.Most());
        return null;
    }

    private static KeyRow NewRow(TeamId team, string name, string secret, KeyScopes scopes, DateTimeOffset now) => new()
    {
        Id = ApiKeys.NewKeyId(),
        Team = team.Value,
        Name = name,
        Prefix = ApiKeys.PrefixOf(secret),
        Hash = ApiKeys.Hash(secret),
        Scopes = (int)scopes,
        CreatedAt = now,
    };

    private ApiKey ToKey(KeyRow row) => new(
        row.Id, new(row.Team), row.Name, row.Prefix, (KeyScopes)row.Scopes, row.User, row.CreatedAt, row.ExpiresAt, use.Pending(row.Id) ?? row.LastUsedAt);
}
