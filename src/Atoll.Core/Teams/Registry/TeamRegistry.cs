using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Store;
using Atoll.Core.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Teams.Registry;

/// <summary>Teams in the database; their quotas in the ledger too, which is told in the order of commits.</summary>
internal sealed class TeamRegistry(Database database, KeyRing ring, TeamLedger ledger, IOptions<TeamOptions> options, TimeProvider time) : ITeams
{
    private const int MostSandboxes = 1_000_000;
    private const long MostMiB = 1L << 40;

    public async Task<IReadOnlyList<Team>> ListAsync(CancellationToken cancellation)
    {
        var read = await database.ReadAsync(context => context.Teams.OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).ToListAsync(cancellation), cancellation);
        return read.TryGet(out var rows, out var fault) ? [.. rows.Select(ToTeam)] : throw new FaultException(fault);
    }

    public async Task<Result<Team>> FindAsync(string idOrName, CancellationToken cancellation)
    {
        var read = await database.ReadAsync(context => FindAsync(context, idOrName), cancellation);
        if (!read.TryGet(out var row, out var fault)) return fault;
        return row is null ? TeamFaults.NoTeam : ToTeam(row);
    }

    public async Task<Result<Team>> CreateAsync(string name, TeamUpdate quota, CancellationToken cancellation)
    {
        if (Check(quota with { Name = name }) is { } mistake) return mistake;
        var row = new TeamRow { Id = ApiKeys.NewTeamId().Value, Name = name, CreatedAt = time.GetUtcNow() };
        QuotaRows.Set(row, quota with { Name = null });
        var made = await database.WriteAsync<Result<Team>>(
            async context =>
            {
                if (await context.Teams.CountAsync(CancellationToken.None) >= options.Value.MaxTeams) return TeamFaults.TooMany("teams", options.Value.MaxTeams, "Teams:MaxTeams");
                context.Teams.Add(row);
                await context.SaveChangesAsync(CancellationToken.None);
                return ToTeam(row);
            },
            TellLedger,
            () => TeamFaults.NameTaken("team", name));
        return made.Flatten();
    }

    public async Task<Result<Team>> UpdateAsync(string idOrName, TeamUpdate update, CancellationToken cancellation)
    {
        if (Check(update) is { } mistake) return mistake;
        var changed = await database.WriteAsync<Result<Team>>(
            async context =>
            {
                if (await FindAsync(context, idOrName) is not { } row) return TeamFaults.NoTeam;
                QuotaRows.Set(row, update);
                await context.SaveChangesAsync(CancellationToken.None);
                return ToTeam(row);
            },
            TellLedger,
            () => TeamFaults.NameTaken("team", update.Name ?? ""));
        var team = changed.Flatten();
        if (!team.TryGet(out var after, out var fault)) return fault;

        // Callers carry the name.
        if (update.Name is not null) ring.Forget(caller => caller.Team == after.Id);
        return after;
    }

    public async Task<Result<Done>> RemoveAsync(string idOrName, CancellationToken cancellation)
    {
        var found = await FindAsync(idOrName, cancellation);
        if (!found.TryGet(out var team, out var fault)) return fault;

        // Closed first: a create that comes now is refused, one that came earlier is counted.
        if (!ledger.TryClose(team.Id)) return TeamFaults.NotEmpty(ledger.UseOf(team.Id));
        var removed = await database.WriteAsync<Result<Done>>(async context =>
        {
            if (await context.Teams.FirstOrDefaultAsync(x => x.Id == team.Id.Value, CancellationToken.None) is not { } row) return TeamFaults.NoTeam;

            // In the object store nobody could list or delete them any more.
            if (await context.Exports.CountAsync(x => x.Team == row.Id, CancellationToken.None) is > 0 and var exports) return TeamFaults.NotEmpty(ledger.UseOf(team.Id), exports);
            context.Keys.RemoveRange(await context.Keys.Where(x => x.Team == row.Id).ToListAsync(CancellationToken.None));
            context.Users.RemoveRange(await context.Users.Where(x => x.Team == row.Id).ToListAsync(CancellationToken.None));
            context.Teams.Remove(row);
            await context.SaveChangesAsync(CancellationToken.None);
            return Done.Value;
        });
        var done = removed.Flatten();
        if (done.Fault is { Code: not FaultCode.TeamNotFound }) ledger.Reopen(team.Id);
        else ring.End(caller => caller.Team == team.Id, KeyFaults.Revoked);
        return done;
    }

    private static Task<TeamRow?> FindAsync(AtollContext context, string idOrName) => context.Teams.FirstOrDefaultAsync(x => x.Id == idOrName || x.Name == idOrName, CancellationToken.None);

    private static Fault? Check(TeamUpdate update)
    {
        FieldErrors errors = new();
        if (update.Name is { } name) NameRules.CheckUnique(errors, name, ApiKeys.TeamStart);
        Range("quota.sandboxes", update.Sandboxes, MostSandboxes);
        Range("quota.cpu", update.Cpu, MostSandboxes);
        Range("quota.memoryMiB", update.MemoryMiB, MostMiB);
        Range("quota.diskMiB", update.DiskMiB, MostMiB);
        Range("quota.createsPerMinute", update.CreatesPerMinute, MostSandboxes);
        return errors.ToFault();

        void Range(string field, double? value, double most)
        {
            if (value is { } given && !(given >= 0 && given <= most)) errors.Add(field, FormattableString.Invariant($"From 0 (no limit) to {most:0}."));
        }
    }

    private void TellLedger(Result<Team> saved)
    {
        if (saved.TryGet(out var team, out _)) ledger.SetQuota(team.Id, team.Quota);
    }

    private Team ToTeam(TeamRow row) => new(new(row.Id), row.Name, QuotaRows.ToQuota(row), ledger.UseOf(new(row.Id)), row.CreatedAt);
}
