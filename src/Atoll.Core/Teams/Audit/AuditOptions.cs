namespace Atoll.Core.Teams.Audit;

/// <summary>How long the audit log is kept, and what waits to be written. Section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Entries are kept this long. Default 90 days.</summary>
    public int Days { get; set; } = 90;

    /// <summary>How many entries are kept at most. Default 5,000,000 (about 1 GB).</summary>
    public int Kept { get; set; } = 5_000_000;

    /// <summary>Entries that may wait for the database. Default 10,000.</summary>
    public int QueueLength { get; set; } = 10_000;

    /// <summary>
    /// Where entries are written down until they are in the database: a folder of this server's own, absolute. Default: <c>audit</c> in the state directory,
    /// <c>/var/lib/atoll/audit</c>. It holds little more than what waits: about 5 MB for 10,000 entries.
    /// </summary>
    public string JournalFolder { get; set; } = "/var/lib/atoll/audit";

    /// <summary>How long a request waits for room in a full queue. Default 250; 0 to 10,000.</summary>
    public int PatienceMilliseconds { get; set; } = 250;
}
