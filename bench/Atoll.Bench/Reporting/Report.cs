using Atoll.Bench.Measuring;

namespace Atoll.Bench.Reporting;

/// <summary>Collects the figures, and says each as soon as it is there.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly List<Measure> _measures = [];
    private readonly List<Goal> _goals = [];
    private readonly List<string> _troubles = [];

    public IReadOnlyList<Measure> Measures => _measures;

    public IReadOnlyList<Goal> Goals => _goals;

    /// <summary>What could not be measured, and why.</summary>
    public IReadOnlyList<string> Troubles => _troubles;

    public void Say(string text) => output.WriteLine(text);

    public void Record(string section, string name, Samples samples, string unit = "ms")
    {
        var measure = new Measure(section, name, unit, samples.Count, samples.Failures, samples.P50, samples.P99, samples.Min, samples.Max);
        _measures.Add(measure);
        Say($"  {name}: p50 {Figures.Text(measure.P50)}, p99 {Figures.Text(measure.P99)}, min {Figures.Text(measure.Min)}, max {Figures.Text(measure.Max)} {unit}, n {measure.Count}, failed {measure.Failures}");
        foreach (var reason in samples.Reasons) Trouble($"{section}: {name}: {reason}");
    }

    public void Record(string section, string name, double figure, string unit)
    {
        var samples = new Samples();
        samples.Add(figure);
        Record(section, name, samples, unit);
    }

    /// <summary>The figure is to be at most so many times the bare one.</summary>
    public void Ratio(string section, string what, double figure, string bareName, double bare, double most, string unit = "ms") =>
        Judge(new Goal(section, what, figure, unit, bareName, bare, figure / bare, $"≤ {Figures.Text(most)} ×", figure / bare <= most));

    /// <summary>A comparison without a target.</summary>
    public void Beside(string section, string what, double figure, string bareName, double bare, string unit = "ms") =>
        Judge(new Goal(section, what, figure, unit, bareName, bare, figure / bare, "", null));

    public void AtMost(string section, string what, double figure, string unit, double most) =>
        Judge(new Goal(section, what, figure, unit, null, null, null, $"≤ {Figures.Text(most)} {unit}".Trim(), figure <= most));

    public void AtLeast(string section, string what, double figure, string unit, double least) =>
        Judge(new Goal(section, what, figure, unit, null, null, null, $"≥ {Figures.Text(least)} {unit}".Trim(), figure >= least));

    public void Trouble(string text)
    {
        _troubles.Add(text);
        Say($"  ! {text}");
    }

    private void Judge(Goal goal)
    {
        _goals.Add(goal);
        var bare = goal.Bare is null ? "" : $" / {goal.BareName} {Figures.Text(goal.Bare.Value)} = {Figures.Text(goal.Ratio!.Value)} ×";
        var target = goal.Met is { } met ? $" (target {goal.Target}: {(met ? "met" : "MISSED")})" : "";
        Say($"  = {goal.What}: {Figures.Text(goal.Figure)} {goal.Unit}{bare}{target}");
    }
}
