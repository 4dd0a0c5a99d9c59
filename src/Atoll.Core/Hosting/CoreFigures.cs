using System.Diagnostics.Metrics;
using Atoll.Core.Events;
using Atoll.Core.Lifetime;
using Atoll.Core.Metrics;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Living;

namespace Atoll.Core.Hosting;

/// <summary>Figures that are looked up when somebody asks for them.</summary>
internal sealed class CoreFigures(AtollMetrics metrics, SandboxDirectory directory, CapacityLedger capacity, EventFeed feed) : ICoreLoop
{
    private const long MiB = 1024 * 1024;

    public Task RunAsync(CancellationToken stopping)
    {
        var meter = metrics.Meter;
        meter.CreateObservableUpDownCounter("atoll.sandboxes", Living, "{sandbox}", "Living sandboxes, by state and isolation.");
        meter.CreateObservableGauge("atoll.sandboxes.limit", () => (long)capacity.MaxLiving, "{sandbox}", "How many sandboxes may live here.");
        meter.CreateObservableGauge("atoll.memory.promised", () => capacity.MemoryMiB * MiB, "By", "Memory promised to sandboxes, the sum of their limits.");
        meter.CreateObservableGauge("atoll.memory.promised.limit", () => capacity.MaxMemoryMiB * MiB, "By", "How much memory may be promised.");
        meter.CreateObservableCounter("atoll.events", () => feed.Watermark, "{event}", "The number of the newest event.");
        meter.CreateObservableGauge("atoll.events.followers", () => (long)feed.Followers, "{follower}", "Followers of the event feed.");
        meter.CreateObservableGauge("atoll.events.lag", () => feed.Lag, "{event}", "Events that the slowest follower has not read yet; 256 is the most its queue holds.");
        return Task.CompletedTask;
    }

    // States without a sandbox are there too, so that a graph falls to zero and does not end.
    private IEnumerable<Measurement<long>> Living()
    {
        var counts = directory.Living.CountBy(x => (x.Sandbox.State, x.Sandbox.Spec.Isolation)).ToDictionary();
        foreach (var isolation in Enum.GetValues<IsolationKind>())
        {
            foreach (var state in Enum.GetValues<SandboxState>().Where(state => state.IsLiving()))
            {
                yield return new(counts.GetValueOrDefault((state, isolation)), new("state", WordOf(state)), new("isolation", IsolationNames.Of(isolation)));
            }
        }
    }

    private static string WordOf(SandboxState state) => state switch
    {
        SandboxState.Creating => "creating",
        SandboxState.Paused => "paused",
        SandboxState.Suspended => "suspended",
        SandboxState.Stopped => "stopped",
        SandboxState.Archived => "archived",
        _ => "running",
    };
}
