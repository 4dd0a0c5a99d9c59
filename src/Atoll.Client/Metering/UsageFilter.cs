namespace Atoll.Client.Metering;

/// <summary>Which usage is asked for; what is null is the server's default.</summary>
/// <param name="Start">RFC 3339, rounded down to the hour.</param>
/// <param name="End">RFC 3339, rounded up to the hour.</param>
/// <param name="Sandbox">Only of this one, by id.</param>
/// <param name="GroupBy"><c>sandbox</c>, <c>team</c>, <c>hour</c> or <c>day</c>.</param>
public sealed record UsageFilter(string? Start = null, string? End = null, string? Sandbox = null, string? GroupBy = null);
