namespace Atoll.Core.Sandboxes.Metering;

/// <summary>How usage is kept for accounts. Section <c>Usage</c>. How often it is measured is <see cref="SandboxOptions.UsageIntervalSeconds"/>.</summary>
public sealed class UsageOptions
{
    public const string Section = "Usage";

    /// <summary>How often what was measured is saved, in seconds. Default 10; 1 to 600.</summary>
    public double SaveSeconds { get; set; } = 10;

    /// <summary>How long usage is kept. Default 400 days: a year and a month to compare with.</summary>
    public int RetentionDays { get; set; } = 400;

    /// <summary>How many rows are kept at most, one for each sandbox and hour; the oldest hours go first. Default 2,000,000, about 400 MiB.</summary>
    public int RowsKept { get; set; } = 2_000_000;

    public UsageRates Rates { get; set; } = new();
}
