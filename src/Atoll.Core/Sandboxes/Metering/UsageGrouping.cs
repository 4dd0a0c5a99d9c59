namespace Atoll.Core.Sandboxes.Metering;

/// <summary>What one line of a report is about.</summary>
public enum UsageGrouping
{
    Sandbox,
    Team,
    Hour,
    Day,
}
