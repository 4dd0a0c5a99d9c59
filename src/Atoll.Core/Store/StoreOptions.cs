namespace Atoll.Core.Store;

/// <summary>Where state is kept and for how long. Section <c>Store</c>.</summary>
public sealed class StoreOptions
{
    public const string Section = "Store";

    /// <summary>Which database product it is. Default: PostgreSQL where the connection string names a host, else SQLite.</summary>
    public StoreProvider? Provider { get; set; }

    /// <summary>
    /// Default: <c>Data Source=/var/lib/atoll/atoll.db</c>, a SQLite file. For PostgreSQL, <c>Host=…;Database=…;Username=…;Password=…</c>: a database that this server
    /// has to itself. It opens at most 32 connections unless told otherwise (<c>Maximum Pool Size</c>).
    /// </summary>
    public string ConnectionString { get; set; } = "Data Source=/var/lib/atoll/atoll.db";

    /// <summary>How long a call waits for a busy or silent database before it is refused, in seconds. Default 5; 1 to 60.</summary>
    public int BusyTimeoutSeconds { get; set; } = 5;

    /// <summary>How long ended sandboxes stay readable. Default 7 days.</summary>
    public int EndedSandboxDays { get; set; } = 7;

    /// <summary>How many ended sandboxes stay readable at most. Default 10,000.</summary>
    public int EndedSandboxesKept { get; set; } = 10_000;

    /// <summary>How long events are kept. Default 30 days.</summary>
    public int EventDays { get; set; } = 30;

    /// <summary>How many events are kept at most. Default 1,000,000.</summary>
    public int EventsKept { get; set; } = 1_000_000;

    /// <summary>How long an idempotency key remembers its sandbox. Default 24 hours.</summary>
    public int IdempotencyHours { get; set; } = 24;

    /// <summary>How often what is too old is removed. Default 10 minutes.</summary>
    public int CleanMinutes { get; set; } = 10;
}
