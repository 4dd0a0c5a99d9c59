using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Atoll.Core.Metrics;

namespace Atoll.Server.Telemetry;

/// <summary>
/// Listens to this server's meters from its start and tells Prometheus what they measured: our own, Kestrel's, and the runtime's. It is here, and not a package: the one of
/// OpenTelemetry for Prometheus has been a beta for years, and all it would do is this.
/// <para>Threads: any. Two readers wait for each other.</para>
/// </summary>
internal sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, SeriesFamily> _families = new();
    private readonly Lock _gate = new();

    public MeterReader(IMeterFactory meters, HostFigures host, WarmFigures warm)
    {
        host.Register();
        warm.Register();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!IsOurs(instrument.Meter, meters)) return;
            var family = _families.GetOrAdd(instrument, static x => new(x));
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, labels, family) => ((SeriesFamily)family!).Record(value, labels));
        _listener.SetMeasurementEventCallback<long>(static (_, value, labels, family) => ((SeriesFamily)family!).Record(value, labels));
        _listener.SetMeasurementEventCallback<int>(static (_, value, labels, family) => ((SeriesFamily)family!).Record(value, labels));
        _listener.Start();
    }

    public void WriteTo(StringBuilder text)
    {
        lock (_gate)
        {
            foreach (var family in _families.Values) family.Forget();
            _listener.RecordObservableInstruments();
            foreach (var family in _families.Values.OrderBy(x => x.Name, StringComparer.Ordinal)) family.WriteTo(text);
        }
    }

    public void Dispose() => _listener.Dispose();

    // Other servers in this process, as tests have them, have meters of the same names.
    private static bool IsOurs(Meter meter, IMeterFactory meters) =>
        meter.Name == "System.Runtime" || (meter.Name is AtollMetrics.MeterName or "Microsoft.AspNetCore.Server.Kestrel" && ReferenceEquals(meter.Scope, meters));
}
