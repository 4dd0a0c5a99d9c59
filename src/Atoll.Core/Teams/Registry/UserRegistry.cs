using Atoll.Core.Faults;
using Atoll.Core.Store;
using Atoll.Core.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Teams.Registry;

/// <summary>Users in the database.</summary>
internal sealed class UserRegistry(Database database, KeyRing ring, IOptions<TeamOptions> options, TimeProvider time) : IUsers
{
    private const int MaxEmailLength = 254;

    public async Task<IReadOnlyList<TeamUser>> ListAsync(TeamId team, CancellationToken cancellation)
    {
        var read = await database.ReadAsync(
            context => context.Users.Where(x => x.Team == team.Value).OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).ToListAsync(cancellation), cancellation);
        return read.TryGet(out var rows, out var fault) ? [.. rows.Select(ToUser)] : throw new FaultException(fault);
    }

    public async Task<Result<TeamUser>> CreateAsync(TeamId team, string name, string? email, UserRole role, CancellationToken cancellation)
    {
        FieldErrors errors = new();
        NameRules.CheckUnique(errors, name, ApiKeys.UserStart);
        if (email is not null && !IsEmail(email)) errors.Add("email", "An address such as alice@example.com.");
        if (errors.ToFault() is { } mistake) return mistake;
        var row = new UserRow { Id = ApiKeys.NewUserId(), Team = team.Value, Name = name, Email = email, Role = role, CreatedAt = time.GetUtcNow() };
        var made = await database.WriteAsync<Result<TeamUser>>(
            async context =>
            {
                if (!await context.Teams.AnyAsync(x => x.Id == team.Value, CancellationToken.None)) return TeamFaults.NoTeam;
                if (await context.Users.CountAsync(x => x.Team == team.Value, CancellationToken.None) >= options.Value.MaxUsers)
                    return TeamFaults.TooMany("users of the team", options.Value.MaxUsers, "Teams:MaxUsers");
                context.Users.Add(row);
                await context.SaveChangesAsync(CancellationToken.None);
                return ToUser(row);
            },
            lost: () => TeamFaults.NameTaken("user", name));
        return made.Flatten();
    }

    public async Task<Result<TeamUser>> ChangeRoleAsync(TeamId team, string idOrName, UserRole role, KeyHolder by, CancellationToken cancellation)
    {
        var changed = await database.WriteAsync<Result<TeamUser>>(async context =>
        {
            if (await FindAsync(context, team, idOrName) is not { } row) return TeamFaults.NoUser;
            if (await BeyondAsync(context, row, row.Role.Most() ^ role.Most(), by) is { } beyond) return beyond;
            row.Role = role;
            await context.SaveChangesAsync(CancellationToken.None);
            return ToUser(row);
        });
        var user = changed.Flatten();
        if (!user.Succeeded) return user;
        ring.Forget(caller => caller.UserId == user.Value.Id);
        ring.End(caller => caller.UserId == user.Value.Id && (caller.Scopes & ~role.Most()) is not KeyScopes.None, KeyFaults.MayLess);
        return user;
    }

    public async Task<Result<Done>> RemoveAsync(TeamId team, string idOrName, KeyHolder by, CancellationToken cancellation)
    {
        var removed = await database.WriteAsync<Result<string>>(async context =>
        {
            if (await FindAsync(context, team, idOrName) is not { } row) return TeamFaults.NoUser;
            if (await BeyondAsync(context, row, row.Role.Most(), by) is { } beyond) return beyond;
            context.Keys.RemoveRange(await context.Keys.Where(x => x.User == row.Id).ToListAsync(CancellationToken.None));
            context.Users.Remove(row);
            await context.SaveChangesAsync(CancellationToken.None);
            return row.Id;
        });
        if (!removed.Flatten().TryGet(out var id, out var fault)) return fault;
        ring.End(caller => caller.UserId == id, KeyFaults.Revoked);
        return Done.Value;
    }

    /// <summary>Whoever changes a user changes the user's keys, so what is refused with a key is refused with its user. A key's own user it may change, as it may revoke itself.</summary>
    /// <param name="changing">What the user's keys gain or lose, as far as they have it.</param>
    private static async Task<Fault?> BeyondAsync(AtollContext context, UserRow user, KeyScopes changing, KeyHolder by)
    {
        var theirs = await context.Keys.Where(x => x.User == user.Id && x.Id != by.KeyId).Select(x => x.Scopes).ToListAsync(CancellationToken.None);
        var beyond = by.LacksOf(theirs.Aggregate(KeyScopes.None, (all, scopes) => all | (KeyScopes)scopes) & changing);
        return beyond is KeyScopes.None ? null : KeyFaults.Stronger($"A key of user {user.Id}", beyond);
    }

    private static Task<UserRow?> FindAsync(AtollContext context, TeamId team, string idOrName) =>
        context.Users.FirstOrDefaultAsync(x => x.Team == team.Value && (x.Id == idOrName || x.Name == idOrName), CancellationToken.None);

    // Whether there is such a mailbox only a letter can tell; nothing is sent to it.
    private static bool IsEmail(string text) =>
        text.Length <= MaxEmailLength && text.IndexOf('@') is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));

    private static TeamUser ToUser(UserRow row) => new(row.Id, new(row.Team), row.Name, row.Email, row.Role, row.CreatedAt);
}
