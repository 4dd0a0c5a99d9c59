using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Store.Engines;

/// <summary>The database in PostgreSQL. Text is ordered byte by byte, as everywhere else here, whatever the database's own language is.</summary>
internal sealed class PostgresContext(DbContextOptions<PostgresContext> options) : AtollContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        base.ConfigureConventions(conventions);
        conventions.Properties<string>().UseCollation("C");
        conventions.Properties<Enum>().UseCollation("C");
    }
}
