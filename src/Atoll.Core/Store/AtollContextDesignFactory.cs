using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Atoll.Core.Store;

/// <summary>For <c>dotnet ef migrations add NAME --project src/Atoll.Core --output-dir Store/Migrations</c> only; no database is opened.</summary>
internal sealed class AtollContextDesignFactory : IDesignTimeDbContextFactory<AtollContext>
{
    public AtollContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<AtollContext>().UseSqlite("Data Source=:memory:").Options);
}
