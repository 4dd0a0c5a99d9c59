using System.Collections.Immutable;

namespace Atoll.Bench.Reporting;

/// <summary>Rows of cells, for a terminal or a document.</summary>
internal sealed record Table(ImmutableArray<string> Head, ImmutableArray<ImmutableArray<string>> Rows)
{
    public static Table Of(IEnumerable<Goal> goals) => new(
        ["section", "figure", "seen", "bare", "ratio", "target", ""],
        [.. goals.Select(goal => ImmutableArray.Create(
            goal.Section,
            goal.What,
            $"{Figures.Text(goal.Figure)} {goal.Unit}".Trim(),
            goal.Bare is { } bare ? $"{Figures.Text(bare)} {goal.Unit} ({goal.BareName})" : "",
            goal.Ratio is { } ratio ? Figures.Text(ratio) : "",
            goal.Target,
            goal.Met switch { true => "met", false => "missed", null => "" }))]);

    public static Table Of(IEnumerable<Measure> measures) => new(
        ["section", "what", "p50", "p99", "min", "max", "unit", "n", "failed"],
        [.. measures.Select(measure => ImmutableArray.Create(
            measure.Section, measure.Name, Figures.Text(measure.P50), Figures.Text(measure.P99), Figures.Text(measure.Min), Figures.Text(measure.Max), measure.Unit, $"{measure.Count}", $"{measure.Failures}"))]);

    public string ToText()
    {
        var widths = Head.Select((head, column) => Rows.Select(row => row[column].Length).Append(head.Length).Max()).ToArray();
        return string.Join('\n', Rows.Prepend(Head).Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    public string ToMarkdown() => string.Join('\n', Rows.Prepend([.. Head.Select(_ => "---")]).Prepend(Head).Select(row => $"| {string.Join(" | ", row)} |"));
}
