using Atoll.Core.Lifetime;
using Atoll.Core.Teams.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Store;

/// <summary>Removes what is older, or more, than is to be kept: ended sandboxes, events, idempotency keys, entries of the audit log. In small batches, so that no writer waits long behind it.</summary>
internal sealed partial class Janitor(Database database, IOptions<StoreOptions> options, IOptions<AuditOptions> audit, TimeProvider time, ILogger<Janitor> log) : ICoreLoop
{
    private const int Batch = 500;

    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMinutes(options.Value.CleanMinutes), time);
        do
        {
            await CleanAsync(stopping);
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    internal async Task CleanAsync(CancellationToken stopping)
    {
        var kept = options.Value;
        var now = time.GetUtcNow();
        var claimsBefore = now.AddHours(-kept.IdempotencyHours);
        var sandboxesBefore = now.AddDays(-kept.EndedSandboxDays);
        var eventsBefore = now.AddDays(-kept.EventDays);

        await DeleteAsync("claims", context => context.Claims.Where(x => x.At <= claimsBefore).OrderBy(x => x.At).Take(Batch).ExecuteDeleteAsync(stopping), stopping);
        await DeleteAsync("sandboxes", context => DeleteSandboxesAsync(context, x => x.EndedAt <= sandboxesBefore, stopping), stopping);

        await DeleteAsync("deleted checkpoints", context => DeleteCheckpointsAsync(context, sandboxesBefore, stopping), stopping);

        var oldest = await database.ReadAsync(
            context => context.Sandboxes.Where(x => x.EndedAt != null).OrderByDescending(x => x.EndedAt).Skip(kept.EndedSandboxesKept).Select(x => x.EndedAt).FirstOrDefaultAsync(stopping),
            stopping);
        if (oldest.Succeeded && oldest.Value is { } tooMany)
        {
            await DeleteAsync("sandboxes", context => DeleteSandboxesAsync(context, x => x.EndedAt <= tooMany, stopping), stopping);
        }

        // Numbers rise by one for each event, so the count to keep is a distance in numbers.
        var newest = await database.ReadAsync(context => context.Events.MaxAsync(x => (long?)x.Sequence, stopping), stopping);
        var first = newest.Succeeded ? (newest.Value ?? 0) - kept.EventsKept : 0;
        await DeleteAsync(
            "events",
            context => context.Events.Where(x => x.Sequence <= first || x.At <= eventsBefore).OrderBy(x => x.Sequence).Take(Batch).ExecuteDeleteAsync(stopping),
            stopping);
        await CleanAuditAsync(now, stopping);
    }

    private async Task CleanAuditAsync(DateTimeOffset now, CancellationToken stopping)
    {
        var before = now.AddDays(-audit.Value.Days);
        var newest = await database.ReadAsync(context => context.Audit.MaxAsync(x => (long?)x.Sequence, stopping), stopping);
        var first = newest.Succeeded ? (newest.Value ?? 0) - audit.Value.Kept : 0;
        await DeleteAsync("audit entries", context => context.Audit.Where(x => x.At <= before).OrderBy(x => x.At).Take(Batch).ExecuteDeleteAsync(stopping), stopping);
        await DeleteAsync("audit entries", context => context.Audit.Where(x => x.Sequence <= first).OrderBy(x => x.Sequence).Take(Batch).ExecuteDeleteAsync(stopping), stopping);
    }

    private static async Task<int> DeleteSandboxesAsync(
        AtollContext context, System.Linq.Expressions.Expression<Func<Rows.SandboxRow, bool>> old, CancellationToken stopping)
    {
        var ids = await context.Sandboxes.Where(x => x.EndedAt != null).Where(old).OrderBy(x => x.EndedAt).Select(x => x.Id).Take(Batch).ToListAsync(stopping);
        await context.Claims.Where(x => ids.Contains(x.Sandbox)).ExecuteDeleteAsync(stopping);
        return await context.Sandboxes.Where(x => ids.Contains(x.Id)).ExecuteDeleteAsync(stopping);
    }

    /// <summary>Those that nothing descends from any more.</summary>
    private static async Task<int> DeleteCheckpointsAsync(AtollContext context, DateTimeOffset before, CancellationToken stopping)
    {
        var ids = await context.Checkpoints
            .Where(x => x.DeletedAt <= before && !context.Checkpoints.Any(y => y.Parent == x.Id) && !context.Sandboxes.Any(y => y.Checkpoint == x.Id))
            .OrderBy(x => x.DeletedAt).Select(x => x.Id).Take(Batch).ToListAsync(stopping);
        return await context.Checkpoints.Where(x => ids.Contains(x.Id)).ExecuteDeleteAsync(stopping);
    }

    private async Task DeleteAsync(string what, Func<AtollContext, Task<int>> delete, CancellationToken stopping)
    {
        var total = 0;
        while (!stopping.IsCancellationRequested)
        {
            var deleted = await database.WriteAsync(delete);
            if (!deleted.TryGet(out var count, out _)) return; // Logged by the database; the next round tries again.
            total += count;
            if (count < Batch) break;
        }

        if (total > 0) LogCleaned(log, total, what);
    }

    [LoggerMessage(1110, LogLevel.Information, "Removed {Count} {What} that were too old or too many.")]
    private static partial void LogCleaned(ILogger log, int count, string what);
}
