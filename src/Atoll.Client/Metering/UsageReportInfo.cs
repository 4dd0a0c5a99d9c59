namespace Atoll.Client.Metering;

/// <summary>A page of usage.</summary>
public sealed record UsageReportInfo(DateTimeOffset Start, DateTimeOffset End, string Currency, IReadOnlyList<UsageLineInfo> Items, string? NextCursor);
