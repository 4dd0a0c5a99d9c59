using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Reporting;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Starting;

/// <summary>Time to interactive, warm and cold, alone and in crowds, beside <c>runc run</c>, <c>runsc run</c> and <c>bwrap</c>.</summary>
internal sealed class StartSection : ISection
{
    /// <summary>Small, so that a crowd of gVisor sandboxes fits into any machine.</summary>
    private const int MemoryMiB = 128;
    private const int CrowdSize = 100;
    private const int LargePool = 100;
    private const int SmallPool = 10;
    private const int GVisorPool = 20;
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(200);

    public string Name => "start";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        var rounds = bench.Arguments.Times(40, 15);
        await using (var server = await bench.Installation.StartAsync(Settings.Cold, cancellation))
        {
            var alone = new Sequential(bench, server, MemoryMiB);
            await alone.RunAsync(rounds, cancellation);
            Record(bench.Report, "cold", alone);
            JudgeCold(bench, alone);
            await CrowdAsync(bench, server, "cold", Isolations.Container, CrowdSize, TimeSpan.Zero, cancellation);
            await CrowdAsync(bench, server, "cold", Isolations.Container, bench.Arguments.Times(CrowdSize, 25), Stagger, cancellation);
        }

        await using (var server = await bench.Installation.StartAsync(Settings.Warm(LargePool, GVisorPool, MemoryMiB), cancellation))
        {
            var alone = new Sequential(bench, server, MemoryMiB);
            await alone.RunAsync(rounds, cancellation);
            Record(bench.Report, "warm", alone);
            JudgeWarm(bench, alone);

            var burst = await CrowdAsync(bench, server, $"pool of {LargePool}", Isolations.Container, CrowdSize, TimeSpan.Zero, cancellation);
            bench.Report.AtMost(Name, $"container, {CrowdSize} at once, pool of {LargePool}: median", burst.P50 / 1000, "s", 0.15);
            JudgeFailures(bench.Report, $"container, {CrowdSize} at once, pool of {LargePool}", burst);
            await CrowdAsync(bench, server, $"pool of {LargePool}", Isolations.Container, bench.Arguments.Times(CrowdSize, 25), Stagger, cancellation);
            if (alone.GVisor is not null)
            {
                burst = await CrowdAsync(bench, server, $"pool of {GVisorPool}", Isolations.GVisor, CrowdSize, TimeSpan.Zero, cancellation);
                bench.Report.AtMost(Name, $"gvisor, {CrowdSize} at once, pool of {GVisorPool}: all within", burst.Max / 1000, "s", 10);
                JudgeFailures(bench.Report, $"gvisor, {CrowdSize} at once, pool of {GVisorPool}", burst);
                await CrowdAsync(bench, server, $"pool of {GVisorPool}", Isolations.GVisor, bench.Arguments.Times(CrowdSize, 25), Stagger, cancellation);
            }
        }

        await using (var server = await bench.Installation.StartAsync(Settings.Warm(SmallPool, 0, MemoryMiB), cancellation))
        {
            await Sequential.WarmUpAsync(server, MemoryMiB, cancellation);
            var burst = await CrowdAsync(bench, server, $"pool of {SmallPool}", Isolations.Container, CrowdSize, TimeSpan.Zero, cancellation);
            bench.Report.AtMost(Name, $"container, {CrowdSize} at once, pool of {SmallPool}: all within", burst.Max / 1000, "s", 1.5);
            JudgeFailures(bench.Report, $"container, {CrowdSize} at once, pool of {SmallPool}", burst);
        }
    }

    private async Task<Samples> CrowdAsync(BenchContext bench, RunningServer server, string how, string isolation, int count, TimeSpan gap, CancellationToken cancellation)
    {
        var crowd = await Burst.RunAsync(server, isolation, MemoryMiB, count, gap, cancellation);
        bench.Report.Record(Name, gap == TimeSpan.Zero ? $"{isolation}, {count} at once, {how}" : $"{isolation}, {count} every {gap.TotalMilliseconds} ms, {how}", crowd.Whole);
        return crowd.Whole;
    }

    private void Record(Report report, string how, Sequential alone)
    {
        report.Record(Name, $"container, {how}: create + true", alone.Container.Whole);
        report.Record(Name, $"container, {how}: create alone", alone.Container.Create);
        if (alone.GVisor is not null)
        {
            report.Record(Name, $"gvisor, {how}: create + true", alone.GVisor.Whole);
            report.Record(Name, $"gvisor, {how}: create alone", alone.GVisor.Create);
        }

        report.Record(Name, $"runc run true, beside {how}", alone.Runc);
        if (alone.Runsc.Count + alone.Runsc.Failures > 0) report.Record(Name, $"runsc run true, beside {how}", alone.Runsc);
        if (alone.Bwrap.Count + alone.Bwrap.Failures > 0) report.Record(Name, $"bwrap true, beside {how}", alone.Bwrap);
    }

    private void JudgeCold(BenchContext bench, Sequential alone)
    {
        bench.Report.Ratio(Name, "container, cold create + true, p50", alone.Container.Whole.P50, "runc run", alone.Runc.P50, 0.5);
        if (alone.GVisor is not null) bench.Report.Ratio(Name, "gvisor, cold create + true, p50", alone.GVisor.Whole.P50, "runsc run", alone.Runsc.P50, 1.15);
    }

    private void JudgeWarm(BenchContext bench, Sequential alone)
    {
        bench.Report.Ratio(Name, "container, warm create + true, p50", alone.Container.Whole.P50, "runc run", alone.Runc.P50, 0.2);
        bench.Report.Ratio(Name, "container, warm create + true, p99 to runc's p50", alone.Container.Whole.P99, "runc run", alone.Runc.P50, 0.6);
        if (alone.GVisor is not null) bench.Report.Ratio(Name, "gvisor, warm create + true, p50", alone.GVisor.Whole.P50, "runsc run", alone.Runsc.P50, 0.25);
    }

    private void JudgeFailures(Report report, string what, Samples burst) => report.AtMost(Name, what + ": failed", burst.Failures, "", 0);
}
