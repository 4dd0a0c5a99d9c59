using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Listing;
using Atoll.Core.Teams;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>
/// Lists that may hold ended sandboxes, read from the database newest first. Name and state are asked of it; metadata is inside the document and compared here, batch
/// by batch, which is bounded by how many ended sandboxes are kept.
/// </summary>
internal sealed class SandboxPages(Database database)
{
    private const int Batch = 500;

    public Task<Result<Page<Sandbox>>> ListAsync(TeamId team, SandboxQuery query, ListCursor? cursor, CancellationToken cancellation) =>
        database.ReadAsync(
            async context =>
            {
                List<Sandbox> found = [];
                var from = cursor;
                while (true)
                {
                    var rows = await Below(context, team, query, from).Take(Batch).ToListAsync(cancellation);
                    foreach (var sandbox in rows.Select(SandboxRows.ToSandbox).Where(x => SandboxFilter.MetadataMatches(x, query)))
                    {
                        if (found.Count == query.Limit) return new Page<Sandbox>(found, ListCursor.Of(found[^1]).ToString());
                        found.Add(sandbox);
                    }

                    if (rows.Count < Batch) return new Page<Sandbox>(found, null);
                    from = new(rows[^1].CreatedAt, SandboxId.Parse(rows[^1].Id));
                }
            },
            cancellation);

    private static IQueryable<Rows.SandboxRow> Below(AtollContext context, TeamId team, SandboxQuery query, ListCursor? from)
    {
        var rows = context.Sandboxes.Where(x => x.Team == team.Value);
        if (!query.States.IsDefaultOrEmpty)
        {
            var states = query.States.ToArray();
            rows = rows.Where(x => states.Contains(x.State));
        }

        if (query.Name is { } name) rows = rows.Where(x => x.Name == name);
        if (from is { } last)
        {
            var (at, id) = (last.CreatedAt, last.Id.Value);
            rows = rows.Where(x => x.CreatedAt < at || (x.CreatedAt == at && string.Compare(x.Id, id) < 0));
        }

        return rows.OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Id);
    }
}
