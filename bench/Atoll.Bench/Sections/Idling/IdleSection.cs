using System.Diagnostics;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Idling;

/// <summary>Many sandboxes that do nothing: what each costs the host, and how quickly the API answers meanwhile.</summary>
internal sealed class IdleSection : ISection
{
    private const int Width = 4;
    private const int Looked = 20;

    // Until the server's code is compiled for good.
    private const int Warmups = 100;
    // An agent that no user has called for a minute gives memory back: what is idle has been so for longer.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(75);

    public string Name => "idle";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        await CrowdAsync(bench, Isolations.Container, bench.Arguments.Times(400, 40), cancellation);
        await CrowdAsync(bench, Isolations.GVisor, bench.Arguments.Times(150, 15), cancellation);
    }

    private async Task CrowdAsync(BenchContext bench, string isolation, int count, CancellationToken cancellation)
    {
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        if (!await server.Sandboxes.OffersAsync(isolation, cancellation)) return;
        var before = HostCgroup.AvailableMiB();
        var (ids, create) = (new string[count], new Samples());
        var body = Bodies.Sandbox("minimal", isolation);
        await Crowd.EachAsync(count, Width, (number, stop) => create.TimeAsync(async () =>
        {
            ids[number] = await server.Sandboxes.CreateAsync(body, stop);
            await server.Sandboxes.ExecAsync(ids[number], Bodies.True, stop);
        }), cancellation);
        ids = [.. ids.OfType<string>()];
        bench.Report.Record(Name, $"{isolation}: create + true on the way to {count}, {Width} at a time", create);
        bench.Report.AtLeast(Name, $"{isolation}: idle sandboxes alive", ids.Length, "", count);

        if (ids.Length == 0) return;

        await Task.Delay(Rest, TimeProvider.System, cancellation);
        bench.Report.Record(Name, $"{isolation}: host memory for each of {count}", (before - HostCgroup.AvailableMiB()) / ids.Length, "MiB");
        RecordMemory(bench, isolation, ids);
        await RecordAnswersAsync(bench, server, isolation, ids, cancellation);
    }

    private void RecordMemory(BenchContext bench, string isolation, string[] ids)
    {
        Samples agent = new(), own = new(), charged = new(), proportional = new();
        foreach (var id in ids.Where((_, number) => number % Math.Max(1, ids.Length / Looked) == 0))
        {
            var cgroup = new HostCgroup(bench.Installation.Instance, id);
            var processes = cgroup.Processes();
            charged.Add(cgroup.MemoryMiB());
            proportional.Add(processes.Sum(HostCgroup.ProportionalMiB));
            if (isolation != Isolations.Container || processes.Count == 0) continue;
            agent.Add(HostCgroup.ResidentMiB(processes.Min()));
            own.Add(HostCgroup.AnonymousMiB(processes.Min()));
        }

        bench.Report.Record(Name, $"{isolation}: charged to an idle sandbox's cgroup", charged, "MiB");
        bench.Report.Record(Name, $"{isolation}: proportional memory of an idle sandbox's processes", proportional, "MiB");
        if (isolation != Isolations.Container) return;
        bench.Report.Record(Name, "container: idle agent, resident", agent, "MiB");
        bench.Report.Record(Name, "container: idle agent, resident and not of its program's file, which all share", own, "MiB");
        bench.Report.AtMost(Name, "container: idle agent, resident, p50", agent.P50 * 1.048576, "MB", 5);
    }

    private async Task RecordAnswersAsync(BenchContext bench, RunningServer server, string isolation, string[] ids, CancellationToken cancellation)
    {
        Samples alive = new(), look = new();
        for (var round = -Warmups; round < bench.Arguments.Times(2000, 500); round++)
        {
            var started = Stopwatch.GetTimestamp();
            await server.Api.SendAsync(HttpMethod.Get, "/healthz", null, cancellation);
            if (round >= 0) alive.AddSince(started);
            started = Stopwatch.GetTimestamp();
            await server.Api.SendAsync(HttpMethod.Get, "/v1/sandboxes/" + ids[Math.Abs(round) % ids.Length], null, cancellation);
            if (round >= 0) look.AddSince(started);
        }

        bench.Report.Record(Name, $"GET /healthz with {ids.Length} {isolation} sandboxes", alive);
        bench.Report.Record(Name, $"GET /v1/sandboxes/{{id}} with {ids.Length} {isolation} sandboxes", look);
        bench.Report.AtMost(Name, $"API with {ids.Length} idle {isolation} sandboxes, p99", Math.Max(alive.P99, look.P99), "ms", 20);
    }
}
