namespace Atoll.Core.Sandboxes.Metering;

/// <summary>Lines in the order of what they are about: by id, or by time.</summary>
/// <param name="Start">The beginning of the first hour that was looked at.</param>
/// <param name="End">The end of the last one.</param>
/// <param name="NextCursor">Ask with it for what follows; null at the end.</param>
public sealed record UsageReport(DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<UsageLine> Lines, string? NextCursor);
