namespace Atoll.Core.Store.Rows;

internal sealed class TeamRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>0 is no limit, here and below.</summary>
    public int QuotaSandboxes { get; set; }

    public double QuotaCpu { get; set; }

    public long QuotaMemoryMiB { get; set; }

    public long QuotaDiskMiB { get; set; }

    public int QuotaCreatesPerMinute { get; set; }
}
