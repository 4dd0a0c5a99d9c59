using System.Collections.Immutable;
using System.Diagnostics;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Neighbouring;

/// <summary>What two sandboxes that take all they can leave to the host, and to a third that runs <c>true</c>.</summary>
internal sealed class NeighboursSection : ISection
{
    private const int Stormers = 2;
    private static readonly TimeSpan Sleep = TimeSpan.FromMilliseconds(5);

    // Until a storm blows.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(1);

    private static readonly ImmutableArray<Storm> Storms =
    [
        new("quiet", "sleep"),
        new("cpu spin", "while True: pass"),
        new("fsync storm", "f = open('/tmp/f', 'wb', 0)\nwhile True: f.seek(0); f.write(b'x' * 4096); os.fsync(f.fileno())"),
        new("page cache", "while True:\n  with open('/tmp/c', 'wb', 0) as f:\n    for _ in range(500): f.write(b'x' * (1 << 20))"),
        new("UDP flood", "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ng = [l.split()[1] for l in open('/etc/resolv.conf') if l.startswith('nameserver')][0]\nwhile True:\n  try: s.sendto(b'x' * 64, (g, 9))\n  except OSError: pass"),
        new("out of memory", "while True:\n  if os.fork() == 0:\n    b = bytearray()\n    while True: b += b'x' * (1 << 22)\n  os.wait()"),
        new("TCP memory", "l = socket.socket(); l.bind(('127.0.0.1', 0)); l.listen(4096); k = []\nfor _ in range(400):\n  a = socket.socket(); a.setblocking(False); a.connect_ex(l.getsockname()); k += [a, l.accept()[0]]\n  try:\n    while a.send(b'x' * (1 << 20)): pass\n  except OSError: pass\ntime.sleep(60)"),
    ];

    public string Name => "neighbours";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        var span = TimeSpan.FromSeconds(bench.Arguments.Times(15, 5));
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        foreach (var isolation in (string[])[Isolations.Container, Isolations.GVisor])
        {
            if (!await server.Sandboxes.OffersAsync(isolation, cancellation)) continue;
            var quiet = double.NaN;
            foreach (var storm in Storms)
            {
                var (sleeps, execs) = await MeasureAsync(server, isolation, storm, span, cancellation);
                if (double.IsNaN(quiet)) quiet = execs.P99;
                bench.Report.Record(Name, $"{isolation}, {storm.Name}: 5 ms sleep of the host", sleeps);
                bench.Report.Record(Name, $"{isolation}, {storm.Name}: longest sleep", sleeps.Max, "ms");
                bench.Report.Record(Name, $"{isolation}, {storm.Name}: true in another sandbox", execs);
                bench.Report.AtMost(Name, $"{isolation}, {storm.Name}: 5 ms sleep of the host, p99", sleeps.P99, "ms", 50);
                bench.Report.AtMost(Name, $"{isolation}, {storm.Name}: true in another sandbox, p99 against quiet", execs.P99 / quiet, "x", 5);
            }
        }
    }

    private static async Task<(Samples Sleeps, Samples Execs)> MeasureAsync(RunningServer server, string isolation, Storm storm, TimeSpan span, CancellationToken cancellation)
    {
        var stormers = new string[Stormers];
        for (var number = 0; number < Stormers; number++) stormers[number] = await server.Sandboxes.CreateAsync(Bodies.Sandbox("default", isolation, 512), cancellation);
        var other = await server.Sandboxes.CreateAsync(Bodies.Sandbox("default", isolation, 512), cancellation);
        for (var warm = 0; warm < 50; warm++) await server.Sandboxes.ExecAsync(other, Bodies.True, cancellation);

        // Processes and not execs, which would have to be waited for: they end with their sandbox.
        if (storm.Name != Storms[0].Name)
        {
            foreach (var id in stormers)
                await server.Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/processes", Bodies.Argv("python3", "-c", "import os, socket, time\n" + storm.Script), cancellation);
        }

        await Task.Delay(Lead, TimeProvider.System, cancellation);
        var (sleeps, execs) = (new Samples(), new Samples());
        var until = Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency);

        // A thread of its own, which sleeps in the kernel: a pool's would measure the pool.
        var sleeper = new Thread(() =>
        {
            using var never = new AutoResetEvent(false);
            while (Stopwatch.GetTimestamp() < until)
            {
                var started = Stopwatch.GetTimestamp();
                never.WaitOne(Sleep);
                sleeps.AddSince(started);
            }
        })
        { IsBackground = true };
        sleeper.Start();
        while (Stopwatch.GetTimestamp() < until) await execs.TimeAsync(() => server.Sandboxes.ExecAsync(other, Bodies.True, cancellation));
        sleeper.Join();
        foreach (var id in stormers.Append(other)) await server.Sandboxes.DeleteAsync(id, cancellation);
        return (sleeps, execs);
    }

    private sealed record Storm(string Name, string Script);
}
