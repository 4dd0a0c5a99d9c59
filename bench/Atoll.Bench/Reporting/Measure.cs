namespace Atoll.Bench.Reporting;

/// <summary>What was seen of one thing.</summary>
/// <param name="Count">Successes; the percentiles are theirs.</param>
internal sealed record Measure(string Section, string Name, string Unit, int Count, int Failures, double P50, double P99, double Min, double Max);
