namespace Atoll.Server.Api.Metering;

/// <summary>Usage, line by line.</summary>
/// <param name="Start">The beginning of the first hour that was looked at.</param>
/// <param name="End">The end of the last one.</param>
/// <param name="Currency">Of the costs.</param>
/// <param name="NextCursor">Ask with <c>?cursor=</c> for what follows; null at the end.</param>
internal sealed record UsageReportView(DateTimeOffset Start, DateTimeOffset End, string Currency, IReadOnlyList<UsageLineView> Items, string? NextCursor);
