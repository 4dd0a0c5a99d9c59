using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>The front door of what was exported. A deletion that has begun goes on without its caller.</summary>
internal sealed class ExportService(ExportStore exports, ExportDeleter deleter) : IExports
{
    private const int MostListed = 1000;

    public async Task<Result<Page<StoredExport>>> ListAsync(TeamId team, int limit, string? cursor, CancellationToken cancellation)
    {
        FieldErrors errors = new();
        if (limit is < 1 or > MostListed) errors.Add("limit", $"Must be 1 to {MostListed}.");
        var from = cursor is null ? null : ExportCursor.TryParse(cursor);
        if (cursor is not null && from is null) errors.Add("cursor", "This is no cursor of this list.");
        if (errors.ToFault() is { } mistake) return mistake;
        if (!(await exports.ListAsync(team, limit, from, cancellation)).TryGet(out var list, out var fault)) return fault;
        if (list.Count <= limit) return new Page<StoredExport>(list, null);
        list.RemoveRange(limit, list.Count - limit);
        return new Page<StoredExport>(list, ExportCursor.Of(list[^1]));
    }

    public async Task<Result<Done>> DeleteAsync(TeamId team, string key, CancellationToken cancellation)
    {
        if (ExportKeys.TryParse(key) is not { } parsed) return ExportFaults.NotAKey(key);
        if (!(await exports.FindAsync(team, parsed.Key.Value, cancellation)).TryGet(out var found, out var fault)) return fault;
        return found is null ? ExportFaults.NotExported(parsed.Key) : await Task.Run(() => deleter.DeleteAsync(found), CancellationToken.None).WaitAsync(cancellation);
    }
}
