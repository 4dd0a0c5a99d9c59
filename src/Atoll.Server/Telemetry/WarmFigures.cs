using System.Diagnostics.Metrics;
using Atoll.Core.Machines;
using Atoll.Core.Metrics;
using Atoll.Core.Sandboxes;

namespace Atoll.Server.Telemetry;

/// <summary>Figures of the warm pool, by template and isolation; sizes of one kind are told together.</summary>
internal sealed class WarmFigures(AtollMetrics metrics, IServiceProvider services)
{
    public void Register()
    {
        var meter = metrics.Meter;
        meter.CreateObservableGauge("atoll.warm.ready", () => Each(x => x.Ready), null, "Sandboxes that are started and wait to be asked for.");
        meter.CreateObservableGauge("atoll.warm.target", () => Each(x => x.Target), null, "How many there should be now.");
        meter.CreateObservableGauge("atoll.warm.memory", () => Each(x => x.MemoryBytes), "By", "Memory that the ready ones use.");
    }

    // Asked for when somebody reads: the meters are put together before the host is opened, and where the API's document is made there is no host.
    private IEnumerable<Measurement<long>> Each(Func<WarmPoolStatus, long> figure) =>
        (services.GetService<IMachine>()?.WarmPool ?? []).GroupBy(x => (x.Template, x.Isolation)).Select(kind => new Measurement<long>(
            kind.Sum(figure),
            new KeyValuePair<string, object?>("template", kind.Key.Template),
            new KeyValuePair<string, object?>("isolation", IsolationNames.Of(kind.Key.Isolation))));
}
