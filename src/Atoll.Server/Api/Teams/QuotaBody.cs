namespace Atoll.Server.Api.Teams;

/// <summary>Quotas to set; 0 is no limit, and what is left out stays as it is.</summary>
internal sealed record QuotaBody
{
    /// <summary>Living sandboxes.</summary>
    public int? Sandboxes { get; init; }

    /// <summary>Sum of their limits, in cores.</summary>
    public double? Cpu { get; init; }

    public long? MemoryMiB { get; init; }

    public long? DiskMiB { get; init; }

    /// <summary>Creations let in within a minute.</summary>
    public int? CreatesPerMinute { get; init; }
}
