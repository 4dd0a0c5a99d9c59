using System.Collections.Concurrent;
using Atoll.Core.Lifetime;
using Atoll.Core.Sandboxes;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store;

/// <summary>
/// New sandboxes whose saving was refused. Where the connection broke while it was saved, the database may hold the sandbox although its caller was told that it could not be
/// had: it would keep its name and its idempotency key, and never live. What is noted here is made not to have been: before the next sandbox is saved or looked for by its
/// key, and at the latest a few seconds after the database is back. A crash before that leaves it to the next start, which fails what it finds being created.
/// <para>Threads: any. It holds one id for each create that was refused since the database was last there; with none noted it costs nothing.</para>
/// </summary>
internal sealed class DoubtfulCreates(Database database, TimeProvider time) : ICoreLoop
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<SandboxId, bool> _noted = new();

    public bool Any => !_noted.IsEmpty;

    public void Note(SandboxId id) => _noted[id] = true;

    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping)) await SettleAsync();
    }

    public async Task SettleAsync()
    {
        if (_noted.IsEmpty) return;
        var ids = _noted.Keys.ToList();
        var names = ids.Select(id => id.Value).ToList();
        var settled = await database.WriteAsync(async context =>
        {
            // In one transaction, events first: a sandbox that was is told of, and one that was not is not.
            await using var whole = await context.Database.BeginTransactionAsync();
            await context.Events.Where(x => names.Contains(x.Sandbox)).ExecuteDeleteAsync();
            await context.Claims.Where(x => names.Contains(x.Sandbox)).ExecuteDeleteAsync();
            var removed = await context.Sandboxes.Where(x => names.Contains(x.Id)).ExecuteDeleteAsync();
            await whole.CommitAsync();
            return removed;
        });
        if (!settled.Succeeded) return; // Logged by the database; the next time tries again.
        foreach (var id in ids) _noted.TryRemove(id, out _);
    }
}
