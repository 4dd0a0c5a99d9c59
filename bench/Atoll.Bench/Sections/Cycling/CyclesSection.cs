using System.Diagnostics;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Cycling;

/// <summary>Sandboxes created, used and killed, thousands of times: what the server and the host hold afterwards that they did not hold before.</summary>
internal sealed class CyclesSection : ISection
{
    private const int Warmups = 60;
    private const int SoakCycles = 10_000;
    private const int Width = 4;
    private const int GVisorEvery = 10;

    // Slots of the network are kept for another use, connections and threads breathe: what leaks in each cycle is hundreds.
    private const int Tolerance = 20;
    private const double ResidentToleranceMiB = 64;
    private const string KeptSlots = "16";
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public string Name => "cycles";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        var count = bench.Arguments.Soak ? SoakCycles : bench.Arguments.Times(300, 100);
        var settings = new Dictionary<string, string>(Settings.Cold) { ["NETWORK__READYSLOTS"] = KeptSlots, ["NETWORK__MAXIDLESLOTS"] = KeptSlots };
        await using var server = await bench.Installation.StartAsync(settings, cancellation);
        var gvisor = await server.Sandboxes.OffersAsync(Isolations.GVisor, cancellation);
        await RoundAsync(server, gvisor, Warmups, cancellation);
        var before = await SettledAsync(bench.Installation, server.ProcessId, null, cancellation);

        var started = Stopwatch.GetTimestamp();
        var cycle = await RoundAsync(server, gvisor, count, cancellation);
        var took = Stopwatch.GetElapsedTime(started);
        var after = await SettledAsync(bench.Installation, server.ProcessId, before, cancellation);

        bench.Report.Record(Name, $"create + true + kill, {Width} at a time, one of {GVisorEvery} under gVisor", cycle);
        bench.Report.Record(Name, "cycles in a second", count / took.TotalSeconds, "1/s");
        bench.Report.AtMost(Name, $"{count} cycles: failed", cycle.Failures, "", 0);
        Judge(bench, count, before, after);
    }

    private void Judge(BenchContext bench, int count, Holdings before, Holdings after)
    {
        foreach (var (what, was, most) in new (string, Func<Holdings, double>, double)[]
        {
            ("server's file descriptors", held => held.Descriptors, Tolerance),
            ("server's threads", held => held.Threads, Tolerance),
            ("server's resident memory, MiB", held => held.ResidentMiB, ResidentToleranceMiB),
            ("mounts", held => held.Mounts, 0),
            ("interfaces", held => held.Links, Tolerance),
            ("network namespaces", held => held.Namespaces, Tolerance),
            ("cgroups", held => held.Cgroups, 0),
            ("processes", held => held.Processes, 0),
        })
        {
            bench.Report.Say($"  {what}: {was(before):0.#} before, {was(after):0.#} after");
            bench.Report.AtMost(Name, $"{count} cycles: {what}, more than before", was(after) - was(before), "", most);
        }
    }

    private static async Task<Samples> RoundAsync(RunningServer server, bool gvisor, int count, CancellationToken cancellation)
    {
        var samples = new Samples();
        var bodies = new[] { Bodies.Sandbox("minimal", Isolations.Container), Bodies.Sandbox("minimal", gvisor ? Isolations.GVisor : Isolations.Container) };
        await Crowd.EachAsync(count, Width, (number, stop) => samples.TimeAsync(async () =>
        {
            var id = await server.Sandboxes.CreateAsync(bodies[number % GVisorEvery == 0 ? 1 : 0], stop);
            await server.Sandboxes.ExecAsync(id, Bodies.True, stop);
            await server.Sandboxes.DeleteAsync(id, stop);
        }), cancellation);
        return samples;
    }

    /// <summary>When nothing of a sandbox is left, and with a goal, when that is reached too; or when it is clear that it will not be.</summary>
    private static async Task<Holdings> SettledAsync(Installation installation, int server, Holdings? goal, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        Holdings now;
        bool settled;
        do
        {
            await Task.Delay(Look, TimeProvider.System, cancellation);
            now = Holdings.Of(installation, server);
            settled = now.Cgroups == 0 && (goal is null ? Stopwatch.GetElapsedTime(started) > SettleLimit / 10 : now.Links <= goal.Links && now.Descriptors <= goal.Descriptors && now.Threads <= goal.Threads);
        }
        while (!settled && Stopwatch.GetElapsedTime(started) < SettleLimit);
        return now;
    }
}
