namespace Atoll.Core.Sandboxes.Metering;

/// <summary>One line of a report.</summary>
/// <param name="Sandbox">Where lines are sandboxes.</param>
/// <param name="At">Where lines are hours or days: when it begins, UTC.</param>
public sealed record UsageLine(SandboxId? Sandbox, DateTimeOffset? At, UsageSums Sums);
