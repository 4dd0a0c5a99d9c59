using Atoll.Core.Faults;
using Atoll.Core.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Atoll.Core.Tests.Fakes;

/// <summary>A database of which a test says that it fails after it has saved, as one does whose connection breaks then; or that it is gone.</summary>
internal sealed class DoubtfulEngine(IStoreEngine inner, DatabaseDoubts doubts) : IStoreEngine, IDbContextFactory<AtollContext>
{
    private const int IoError = 10;

    public string Name => inner.Name;

    public IDbContextFactory<AtollContext> Contexts => this;

    public IStoreHold Hold => inner.Hold;

    public bool IsUniqueViolation(Exception failure) => inner.IsUniqueViolation(failure);

    public Fault? Explain(Exception failure) => failure is SqliteException { SqliteErrorCode: IoError } ? StoreFaults.Refused("It broke.", "Mend it.") : inner.Explain(failure);

    public Task TidyAsync() => inner.TidyAsync();

    public void Dispose() => inner.Dispose();

    public AtollContext CreateDbContext()
    {
        if (doubts.IsGone) throw Broken();
        var context = inner.Contexts.CreateDbContext();
        var fails = false;
        context.SavingChanges += (_, _) => fails = doubts.SavesAndFails(context);
        context.SavedChanges += (_, _) =>
        {
            if (fails) throw Broken();
        };
        return context;
    }

    public static SqliteException Broken() => new("It broke.", IoError);
}
