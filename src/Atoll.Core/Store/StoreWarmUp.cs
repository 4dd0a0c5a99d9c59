using Atoll.Core.Sandboxes;
using Atoll.Core.Store.Rows;
using Atoll.Core.Teams;
using Microsoft.Extensions.Hosting;

namespace Atoll.Core.Store;

/// <summary>
/// Asks the database what the first requests will: whose a key is, and to save a sandbox and its change. The library prepares each kind of statement when it is first used, which takes
/// 0.1 to 0.3 s in sum; so that is done while the other services start, and the first user does not wait for it. What is saved is taken back within its transaction: it was never there.
/// <para>No events are saved with it: PostgreSQL does not take back their numbers, which count without gaps otherwise.</para>
/// <para>Registered before <c>CoreHost</c>, which declares Core ready: that waits for this.</para>
/// </summary>
internal sealed class StoreWarmUp(Database database, IKeys keys, TimeProvider time) : IHostedLifecycleService
{
    private Task _warming = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _warming = Task.Run(WarmAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>A database that refuses is no reason not to start: whoever needs it is told, and its log has the reason.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken) => await _warming.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WarmAsync()
    {
        // A secret that was made just now is nobody's.
        await keys.AuthenticateAsync(ApiKeys.NewSecret(), CancellationToken.None);
        await database.WriteAsync(async context =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            var (id, team, now) = (SandboxId.New().Value, ApiKeys.NewTeamId().Value, time.GetUtcNow());
            var row = new SandboxRow { Id = id, Team = team, State = SandboxState.Running, Node = "", CreatedAt = now, StartedAt = now, Spec = "" };
            context.Sandboxes.Add(row);
            await context.SaveChangesAsync();
            context.Sandboxes.Update(row);
            await context.SaveChangesAsync();
            await transaction.RollbackAsync();
            return row;
        });
    }
}
