using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Atoll.Core.Tests.Store;

/// <summary>Lets the database grow no further, as a full disk does: SQLite then fails with the same code.</summary>
internal static class FullPages
{
    public static void Set(TestCore core)
    {
        // max_page_count belongs to a connection: with one at a time in the pool, it is the one that is used next.
        using var context = core.Services.GetRequiredService<IStoreEngine>().Contexts.CreateDbContext();
        context.Database.ExecuteSqlRaw("PRAGMA max_page_count=1");
    }
}
