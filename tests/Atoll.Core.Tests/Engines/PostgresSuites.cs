using Atoll.Core.Tests.Checkpoints;
using Atoll.Core.Tests.Events;
using Atoll.Core.Tests.Metering;
using Atoll.Core.Tests.Sandboxes;
using Atoll.Core.Tests.Store;
using Atoll.Core.Tests.Teams;
using Atoll.Testing;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Atoll.Core.Tests.Engines;

// The suites of the store, on PostgreSQL: one server for the run, a database for each test.
public sealed class PostgresCheckpointTests(PostgresServer server) : CheckpointTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresFollowTests(PostgresServer server) : FollowTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresLifecycleTests(PostgresServer server) : LifecycleTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresListTests(PostgresServer server) : ListTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresRaceTests(PostgresServer server) : RaceTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresRestartTests(PostgresServer server) : RestartTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresSleepTests(PostgresServer server) : SleepTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresTeamRegistryTests(PostgresServer server) : TeamRegistryTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresJanitorTests(PostgresServer server) : JanitorTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}

public sealed class PostgresUsageTests(PostgresServer server) : UsageTests
{
    protected override async Task<TestDatabase?> NewDatabaseAsync() => await server.NewDatabaseAsync(TestContext.Current.CancellationToken);
}
