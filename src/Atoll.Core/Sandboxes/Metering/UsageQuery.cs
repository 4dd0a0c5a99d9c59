namespace Atoll.Core.Sandboxes.Metering;

/// <summary>Which usage is asked for.</summary>
/// <param name="Start">Rounded down to the hour. Null: 30 days before the end.</param>
/// <param name="End">Rounded up to the hour. Null: now.</param>
/// <param name="Sandbox">Only of this one, which may have ended; null for all of the team.</param>
/// <param name="Limit">Lines at most.</param>
/// <param name="Cursor">Where the page before ended.</param>
public sealed record UsageQuery(DateTimeOffset? Start, DateTimeOffset? End, SandboxId? Sandbox, UsageGrouping GroupBy, int Limit, string? Cursor);
