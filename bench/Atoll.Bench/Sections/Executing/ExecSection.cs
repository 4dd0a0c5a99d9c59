using System.Diagnostics;
using Atoll.Bench.Bare;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Reporting;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Executing;

/// <summary>Commands in sandboxes that are there already, over HTTP, beside <c>runc exec</c> and <c>runsc exec</c> in containers over the same files.</summary>
internal sealed class ExecSection : ISection
{
    private const int Warmups = 5;

    // Until the server's code is compiled for good: after a hundred requests its share was still twice what it was after five hundred. Under gVisor, which comes second, it is that already.
    private const int ServerWarmups = 500;
    private const int GVisorWarmups = 50;
    private static readonly string[][] Commands = [["true"], ["python3", "-c", "pass"], ["node", "-v"]];

    public string Name => "exec";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        var rounds = bench.Arguments.Times(60, 20);
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        foreach (var (isolation, tool) in Kinds(bench))
        {
            if (!await server.Sandboxes.OffersAsync(isolation, cancellation)) continue;
            var id = await server.Sandboxes.CreateAsync(Bodies.Sandbox("default", isolation, 1024), cancellation);
            for (var round = 0; round < WarmupsUnder(isolation); round++) await server.Sandboxes.ExecAsync(id, Bodies.True, cancellation);
            await using var bare = await bench.Bare.HoldAsync(tool);
            foreach (var argv in Commands) await CompareAsync(bench.Report, server, isolation, id, tool.Name, bare, argv, rounds, cancellation);
            await server.Sandboxes.DeleteAsync(id, cancellation);
        }
    }

    private static int WarmupsUnder(string isolation) => isolation == Isolations.Container ? ServerWarmups : GVisorWarmups;

    private static IEnumerable<(string Isolation, BareTool Tool)> Kinds(BenchContext bench)
    {
        yield return (Isolations.Container, bench.Bare.Runc);
        if (bench.Bare.Runsc is { } runsc) yield return (Isolations.GVisor, runsc);
    }

    private async Task CompareAsync(Report report, RunningServer server, string isolation, string id, string tool, BareContainer bare, string[] argv, int rounds, CancellationToken cancellation)
    {
        var line = string.Join(' ', argv);
        var client = server.Plain;
        var request = client.Request(HttpMethod.Post, Sandboxes.PathOfExec(id), Bodies.Argv(argv));
        Samples over = new(), around = new(), beside = new();
        for (var round = -Warmups; round < rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var started = Stopwatch.GetTimestamp();
            var answer = client.Exchange(request);
            var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var exec = Sandboxes.ReadExec(id, answer.Body);
            var bareTook = await bare.ExecAsync(argv);
            if (round < 0) continue;
            over.Add(took);
            around.Add(took - exec.DurationMs);
            beside.Add(bareTook);
        }

        report.Record(Name, $"{isolation}: {line}", over);
        report.Record(Name, $"{isolation}: {line}, around the sandbox", around);
        report.Record(Name, $"{tool} exec {line}", beside);
        if (line == "true") report.Ratio(Name, $"{isolation}: {line}, p50", over.P50, $"{tool} exec", beside.P50, isolation == Isolations.Container ? 0.15 : 0.7);
        else report.Beside(Name, $"{isolation}: {line}, p50", over.P50, $"{tool} exec", beside.P50);
        if (line == "true") await OwnShareAsync(report, client, isolation, id, tool, bare, rounds, cancellation);
    }

    /// <summary>What the server itself takes, by its own spans: asked for in rounds of their own, since writing them down costs it something too.</summary>
    private async Task OwnShareAsync(Report report, PlainConnection client, string isolation, string id, string tool, BareContainer bare, int rounds, CancellationToken cancellation)
    {
        var request = client.Request(HttpMethod.Post, Sandboxes.PathOfExec(id), Bodies.True, ServerTiming.Wanted);
        var own = new Samples();
        for (var round = 0; round < WarmupsUnder(isolation); round++) client.Exchange(request);
        for (var round = -Warmups; round < rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            await bare.ExecAsync("true");
            var (head, _) = client.Exchange(request);
            if (round >= 0) own.Add(ServerTiming.Of(head, "total") - ServerTiming.Of(head, "guest.exec"));
        }

        report.Record(Name, $"{isolation}: true, the server's own share, after {tool} exec", own);
        if (isolation == Isolations.Container) report.AtMost(Name, "the server's own share of an exec, p50", own.P50, "ms", 0.5);
    }
}
