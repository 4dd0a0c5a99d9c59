using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Atoll.Core.Faults;

namespace Atoll.Core.Metrics;

/// <summary>
/// What this server counts about its own work, under the meter <see cref="MeterName"/>. Labels are words of a fixed set, never ids, so the number of series is bounded.
/// Nobody listening, an instrument costs a comparison.
/// <para>Threads: any.</para>
/// </summary>
public sealed class AtollMetrics
{
    public const string MeterName = "Atoll";

    /// <summary>The result of what succeeded; otherwise it is the fault's code.</summary>
    public const string Ok = "ok";

    // Upper bounds in seconds, from a warm sandbox or a small command to what waits for a cold disk.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private readonly Counter<long> _creates;
    private readonly Histogram<double> _createSeconds;
    private readonly Histogram<double> _execSeconds;
    private readonly Histogram<double> _storeSeconds;
    private readonly Counter<long> _storeFaults;

    public AtollMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        _creates = Meter.CreateCounter<long>("atoll.sandbox.creates", "{sandbox}", "Sandboxes asked for, by what came of it: ok, or the code of the refusal.");
        _createSeconds = Meter.CreateHistogram("atoll.sandbox.create.duration", "s", "How long a sandbox took from being admitted to running, by isolation and by whether it was started (cold) or had been waiting (warm).", advice: Seconds);
        _execSeconds = Meter.CreateHistogram("atoll.exec.duration", "s", "How long commands took from the request to the result, by isolation and by what came of it.", advice: Seconds);
        _storeSeconds = Meter.CreateHistogram("atoll.store.duration", "s", "How long calls of the database took, waiting for their turn included.", advice: Seconds);
        _storeFaults = Meter.CreateCounter<long>("atoll.store.faults", "{call}", "Calls that the database refused.");
    }

    /// <summary>For instruments that are looked up when somebody asks.</summary>
    public Meter Meter { get; }

    public static string ResultOf(Fault? fault) => fault is null ? Ok : JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.Code.ToString());

    public void Created(Fault? fault)
    {
        if (_creates.Enabled) _creates.Add(1, new KeyValuePair<string, object?>("result", ResultOf(fault)));
    }

    public void Started(string isolation, bool warm, TimeSpan took) =>
        _createSeconds.Record(took.TotalSeconds, new("isolation", isolation), new("start", warm ? "warm" : "cold"));

    public void Executed(string isolation, Fault? fault, TimeSpan took)
    {
        if (_execSeconds.Enabled) _execSeconds.Record(took.TotalSeconds, new("isolation", isolation), new("result", ResultOf(fault)));
    }

    public void StoreCalled(string engine, string operation, bool refused, TimeSpan took)
    {
        TagList labels = [new("engine", engine), new("operation", operation)];
        _storeSeconds.Record(took.TotalSeconds, labels);
        if (refused) _storeFaults.Add(1, labels);
    }
}
