using System.Diagnostics;
using System.Globalization;
using System.Text;
using Atoll.Bench.Bare;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Reporting;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Checkpoints;

/// <summary>
/// Disk checkpoints of a running sandbox with 10,000 files, one of which has just been written, beside the bare snapshot of such a tree; the same with a gigabyte more on the disk; and restores
/// in place beside cold creates of the same template.
/// </summary>
internal sealed class CheckpointSection : ISection
{
    private const int Files = 10_000;
    private const int Warmups = 20;

    /// <summary>What does not compress.</summary>
    private const string Gigabyte = "dd if=/dev/urandom of=/var/big bs=1M count=1024 && sync";
    private static readonly string Fill = string.Create(CultureInfo.InvariantCulture, $"mkdir /var/files && i=0 && while [ $i -lt {Files} ]; do echo file $i > /var/files/file$i; i=$((i+1)); done; sync");

    public string Name => "checkpoints";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        using var bare = new BareSubvolume(Path.Combine(bench.Installation.PoolDirectory, "bench", "snapshots"));
        bare.Fill(Files);
        foreach (var isolation in new[] { Isolations.Container, Isolations.GVisor })
        {
            if (!await server.Sandboxes.OffersAsync(isolation, cancellation)) continue;
            await CheckpointAsync(bench, server, bare, isolation, cancellation);
            await RestoreAsync(bench, server, isolation, cancellation);
        }
    }

    /// <summary>In turns, as each deleted checkpoint is work that the filesystem does later, for all that come after.</summary>
    private async Task CheckpointAsync(BenchContext bench, RunningServer server, BareSubvolume bare, string isolation, CancellationToken cancellation)
    {
        var plain = await SubjectAsync(server, isolation, Fill, cancellation);
        var large = await SubjectAsync(server, isolation, $"{Fill} && {Gigabyte}", cancellation);
        Samples beside = new();
        for (var round = -Warmups; round < bench.Arguments.Times(40, 15); round++)
        {
            await RoundAsync(server, plain, round, cancellation);
            var bareTook = bare.Snapshot(round.ToString(CultureInfo.InvariantCulture));
            if (round >= 0) beside.Add(bareTook);
            await RoundAsync(server, large, round, cancellation);
        }

        var report = bench.Report;
        report.Record(Name, $"bare snapshot, beside {isolation}", beside);
        Record(report, isolation, "10,000 files", plain);
        Record(report, isolation, "1 GB more", large);
        report.Ratio(Name, $"{isolation}: disk checkpoint with 10,000 files, p50", plain.Whole.P50, "snapshot ioctl", beside.P50, 2);
        report.Ratio(Name, $"{isolation}: disk checkpoint with 1 GB more, p50", large.Whole.P50, "without it", plain.Whole.P50, 1.2);
        foreach (var subject in new[] { plain, large }) await server.Sandboxes.DeleteAsync(subject.Id, cancellation);
    }

    private static async Task<Subject> SubjectAsync(RunningServer server, string isolation, string fill, CancellationToken cancellation)
    {
        var id = await server.Sandboxes.CreateAsync(Bodies.Sandbox("minimal", isolation, 512), cancellation);
        await server.Sandboxes.ExecAsync(id, Bodies.Shell(fill, "root"), cancellation);
        return new(id, server.Plain.Request(HttpMethod.Post, $"/v1/sandboxes/{id}/checkpoints", "{}"u8.ToArray(), ServerTiming.Wanted), new(), new());
    }

    private static async Task RoundAsync(RunningServer server, Subject subject, int round, CancellationToken cancellation)
    {
        await server.PlainSandboxes.ExecAsync(subject.Id, Bodies.Shell(string.Create(CultureInfo.InvariantCulture, $"echo {round} > /var/files/changed"), "root"), cancellation);
        var started = Stopwatch.GetTimestamp();
        var (head, body) = server.Plain.Exchange(subject.Request);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        await server.Api.SendAsync(HttpMethod.Delete, "/v1/checkpoints/" + Sandboxes.ReadId(body), null, cancellation);
        if (round < 0) return;
        subject.Whole.Add(took);
        subject.Frozen.Add(ServerTiming.Of(head, "checkpoint.frozen"));
    }

    private void Record(Report report, string isolation, string what, Subject subject)
    {
        report.Record(Name, $"{isolation}: disk checkpoint, {what}", subject.Whole);
        report.Record(Name, $"{isolation}: disk checkpoint, {what}, standing still", subject.Frozen);
        report.AtMost(Name, $"{isolation}: standing still for a disk checkpoint, {what}, p50", subject.Frozen.P50, "ms", 10);
    }

    private async Task RestoreAsync(BenchContext bench, RunningServer server, string isolation, CancellationToken cancellation)
    {
        Samples restore = new(), create = new();
        var sandbox = Bodies.Sandbox("minimal", isolation, 512);
        var id = await server.Sandboxes.CreateAsync(sandbox, cancellation);
        await server.Sandboxes.ExecAsync(id, Bodies.Shell("echo one > /var/file; sync", "root"), cancellation);
        var checkpoint = Sandboxes.ReadId(server.Plain.Exchange(server.Plain.Request(HttpMethod.Post, $"/v1/sandboxes/{id}/checkpoints", "{}"u8.ToArray())).Body);
        var request = server.Plain.Request(HttpMethod.Post, $"/v1/sandboxes/{id}/restore", Encoding.UTF8.GetBytes($$"""{"checkpoint":"{{checkpoint}}"}"""));
        for (var round = -Warmups; round < bench.Arguments.Times(40, 15); round++)
        {
            var started = Stopwatch.GetTimestamp();
            server.Plain.Exchange(request);
            if (round >= 0) restore.AddSince(started);
            started = Stopwatch.GetTimestamp();
            var made = await server.PlainSandboxes.CreateAsync(sandbox, cancellation);
            if (round >= 0) create.AddSince(started);
            await server.Sandboxes.DeleteAsync(made, cancellation);
        }

        bench.Report.Record(Name, $"{isolation}: restore in place", restore);
        bench.Report.Record(Name, $"{isolation}: cold create, beside restores", create);
        if (isolation == Isolations.Container) bench.Report.Ratio(Name, "container: restore in place, p50", restore.P50, "cold create", create.P50, 1.3);
        else bench.Report.Beside(Name, "gvisor: restore in place, p50", restore.P50, "cold create", create.P50);
        await server.Sandboxes.DeleteAsync(id, cancellation);
    }

    private sealed record Subject(string Id, byte[] Request, Samples Whole, Samples Frozen);
}
