using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Atoll.Core.Tests.Store;

/// <summary>Tells every connection that the pool may hand out something that belongs to a connection.</summary>
internal static class EveryConnection
{
    /// <summary>Held at once: more than the loops beside a test ever hold.</summary>
    private const int Connections = 16;

    public static async Task TellAsync(TestCore core, string pragma, CancellationToken cancellation)
    {
        var contexts = Enumerable.Range(0, Connections).Select(_ => core.Services.GetRequiredService<IStoreEngine>().Contexts.CreateDbContext()).ToList();
        foreach (var context in contexts)
        {
            await context.Database.OpenConnectionAsync(cancellation);
            await context.Database.ExecuteSqlRawAsync(pragma, cancellation);
        }

        foreach (var context in contexts) await context.DisposeAsync();
    }
}
