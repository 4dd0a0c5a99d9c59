using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Atoll.Core.Store.Engines;

/// <summary>A pool of one engine's contexts, as those that everybody works with.</summary>
internal sealed class EngineContexts<T>(DbContextOptions<T> options) : IDbContextFactory<AtollContext> where T : AtollContext
{
    private readonly PooledDbContextFactory<T> _pool = new(options);

    public AtollContext CreateDbContext() => _pool.CreateDbContext();

    public async Task<AtollContext> CreateDbContextAsync(CancellationToken cancellationToken = default) => await _pool.CreateDbContextAsync(cancellationToken);
}
