namespace Atoll.Bench.Reporting;

/// <summary>A figure held against what it should be.</summary>
/// <param name="Met">Null: there is no target, only a comparison.</param>
/// <param name="BareName">The bare tool's figure it is a ratio of; null: it stands for itself.</param>
internal sealed record Goal(string Section, string What, double Figure, string Unit, string? BareName, double? Bare, double? Ratio, string Target, bool? Met);
