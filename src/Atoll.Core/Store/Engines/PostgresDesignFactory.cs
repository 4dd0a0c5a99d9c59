using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Atoll.Core.Store.Engines;

/// <summary>For <c>eng/scripts/migrations.sh</c> only; no database is opened.</summary>
internal sealed class PostgresDesignFactory : IDesignTimeDbContextFactory<PostgresContext>
{
    public PostgresContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresContext>().UseNpgsql("Host=none").Options);
}
