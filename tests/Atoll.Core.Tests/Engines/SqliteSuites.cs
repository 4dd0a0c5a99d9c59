using Atoll.Core.Tests.Checkpoints;
using Atoll.Core.Tests.Events;
using Atoll.Core.Tests.Metering;
using Atoll.Core.Tests.Sandboxes;
using Atoll.Core.Tests.Store;
using Atoll.Core.Tests.Teams;

namespace Atoll.Core.Tests.Engines;

// The suites of the store, on SQLite.
public sealed class SqliteCheckpointTests : CheckpointTests;

public sealed class SqliteFollowTests : FollowTests;

public sealed class SqliteLifecycleTests : LifecycleTests;

public sealed class SqliteListTests : ListTests;

public sealed class SqliteRaceTests : RaceTests;

public sealed class SqliteRestartTests : RestartTests;

public sealed class SqliteSleepTests : SleepTests;

public sealed class SqliteTeamRegistryTests : TeamRegistryTests;

public sealed class SqliteJanitorTests : JanitorTests;

public sealed class SqliteUsageTests : UsageTests;
