using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Atoll.Server.Telemetry;

/// <summary>
/// Everything that one instrument has measured, by its labels. At most <see cref="MostSeries"/> sets of labels are told apart; what comes with a further one is left out.
/// <para>Names become Prometheus' as OpenTelemetry has it: dots are underscores, the unit is a suffix, counters end in <c>_total</c>.</para>
/// </summary>
internal sealed class SeriesFamily
{
    private const int MostSeries = 1000;
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Series> _series = [];
    private readonly double[]? _bounds;
    private readonly bool _observable;
    private readonly bool _isGauge;
    private readonly string _help;

    public SeriesFamily(Instrument instrument)
    {
        var generic = instrument.GetType().Name;
        _observable = instrument.IsObservable;
        _isGauge = generic.StartsWith("Gauge", StringComparison.Ordinal);
        Type = generic.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram" : generic.StartsWith("Counter", StringComparison.Ordinal) || generic.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter" : "gauge";
        if (Type == "histogram") _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds;
        Name = NameOf(instrument, Type);
        _help = (instrument.Description ?? instrument.Name).ReplaceLineEndings(" ");
    }

    public string Name { get; }

    public string Type { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var key = KeyOf(labels);
        lock (_gate)
        {
            if (!_series.TryGetValue(key, out var series))
            {
                if (_series.Count >= MostSeries) return;
                _series[key] = series = new(_bounds?.Length ?? 0);
            }

            series.Add(value, _bounds, set: _observable || _isGauge);
        }
    }

    /// <summary>Before what is looked up is looked up anew: what is no more is then not told of.</summary>
    public void Forget()
    {
        if (!_observable) return;
        lock (_gate) _series.Clear();
    }

    public void WriteTo(StringBuilder text)
    {
        text.Append("# HELP ").Append(Name).Append(' ').Append(_help).Append("\n# TYPE ").Append(Name).Append(' ').Append(Type).Append('\n');
        lock (_gate)
        {
            foreach (var (labels, series) in _series.OrderBy(x => x.Key, StringComparer.Ordinal)) Write(text, labels, series);
        }
    }

    private void Write(StringBuilder text, string labels, Series series)
    {
        if (_bounds is null)
        {
            Line(text, "", labels, series.Sum);
            return;
        }

        long sum = 0;
        for (var bound = 0; bound < _bounds.Length; bound++)
        {
            sum += series.Buckets[bound];
            Line(text, "_bucket", Join(labels, $"le=\"{_bounds[bound].ToString(CultureInfo.InvariantCulture)}\""), sum);
        }

        Line(text, "_bucket", Join(labels, "le=\"+Inf\""), series.Count);
        Line(text, "_sum", labels, series.Sum);
        Line(text, "_count", labels, series.Count);
    }

    private void Line(StringBuilder text, string suffix, string labels, double value)
    {
        text.Append(Name).Append(suffix);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Join(string labels, string more) => labels.Length == 0 ? more : labels + "," + more;

    private static string KeyOf(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (labels.Length == 0) return "";
        var text = new StringBuilder(64);
        foreach (var (name, value) in labels)
        {
            if (text.Length > 0) text.Append(',');
            var escaped = Convert.ToString(value, CultureInfo.InvariantCulture)?.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(Plain(name)).Append("=\"").Append(escaped).Append('"');
        }

        return text.ToString();
    }

    private static string NameOf(Instrument instrument, string type)
    {
        var name = Plain(instrument.Name);
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        return type == "counter" ? name + "_total" : name;
    }

    private static string Plain(string name) => string.Concat(name.Select(x => char.IsAsciiLetterOrDigit(x) ? x : '_'));

    private sealed class Series(int buckets)
    {
        public long[] Buckets { get; } = new long[buckets];

        public long Count { get; private set; }

        public double Sum { get; private set; }

        public void Add(double value, double[]? bounds, bool set)
        {
            Count++;
            Sum = set ? value : Sum + value;
            if (bounds is null) return;
            var bucket = Array.FindIndex(bounds, bound => value <= bound);
            if (bucket >= 0) Buckets[bucket]++;
        }
    }
}
