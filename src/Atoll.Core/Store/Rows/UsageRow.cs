namespace Atoll.Core.Store.Rows;

/// <summary>
/// What one sandbox used in one hour, with the counters it was last measured at. Both are in one row, so that they are saved together: after a restart the next
/// measurement counts from there, and nothing is lost or counted twice. Sums are written whole, never added to in the database: writing them again changes nothing.
/// </summary>
internal sealed record UsageRow
{
    public required string Sandbox { get; set; }

    /// <summary>Whole hours since 1970, UTC.</summary>
    public required int Hour { get; set; }

    public required string Team { get; set; }

    public double CpuSeconds { get; set; }

    public double MemoryUsedMiBSeconds { get; set; }

    public double MemoryReservedMiBSeconds { get; set; }

    public double DiskMiBSeconds { get; set; }

    public double EgressBytes { get; set; }

    public double IngressBytes { get; set; }

    public double RunningSeconds { get; set; }

    public double PausedSeconds { get; set; }

    public double SuspendedSeconds { get; set; }

    public required DateTimeOffset LastAt { get; set; }

    public double LastCpuSeconds { get; set; }

    public long LastMemoryBytes { get; set; }

    public long LastDiskBytes { get; set; }

    public long LastSentBytes { get; set; }

    public long LastReceivedBytes { get; set; }
}
