using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Testing;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Tests that hold whatever database keeps the state. Each is run by a subclass for each database.</summary>
public abstract class StoreSuite
{
    /// <summary>An empty database for one test; null for a SQLite file.</summary>
    protected virtual Task<TestDatabase?> NewDatabaseAsync() => Task.FromResult<TestDatabase?>(null);

    private protected async Task<TestCore> StartAsync(
        Action<StoreOptions>? store = null, Action<SandboxOptions>? sandboxes = null, Action<TeamOptions>? teams = null, Action<AuditOptions>? audit = null) =>
        await TestCore.StartOnAsync(await NewDatabaseAsync(), store, sandboxes, teams, audit);
}
