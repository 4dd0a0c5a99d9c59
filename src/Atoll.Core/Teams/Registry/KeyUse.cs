using System.Collections.Concurrent;
using Atoll.Core.Lifetime;
using Atoll.Core.Store;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Teams.Registry;

/// <summary>When each key was last used: noted in memory on every request, written once a minute. A crash loses at most that minute.</summary>
internal sealed class KeyUse(Database database, TimeProvider time) : ICoreLoop
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new();

    public void Note(string keyId) => _used[keyId] = time.GetUtcNow();

    public DateTimeOffset? Pending(string keyId) => _used.TryGetValue(keyId, out var at) ? at : null;

    public async Task RunAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping)) await FlushAsync();
        }
        finally
        {
            await FlushAsync();
        }
    }

    private async Task FlushAsync()
    {
        foreach (var (id, at) in _used)
        {
            var saved = await database.WriteAsync(context =>
                context.Keys.Where(x => x.Id == id).ExecuteUpdateAsync(set => set.SetProperty(x => x.LastUsedAt, at)));
            if (!saved.Succeeded) return; // Logged by the database; what is not saved stays for the next time.
            _used.TryRemove(new(id, at));
        }
    }
}
