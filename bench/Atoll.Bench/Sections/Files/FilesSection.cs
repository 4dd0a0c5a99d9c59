using System.Diagnostics;
using System.Security.Cryptography;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Reporting;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Files;

/// <summary>Files of 1 KB and 100 MB into sandboxes and out of them, beside a plain write and read of the same bytes in the pool.</summary>
internal sealed class FilesSection : ISection
{
    private const int Small = 1000;
    private const int Large = 100_000_000;
    private const int ReadBytes = 256 * 1024;
    private readonly byte[] _buffer = new byte[ReadBytes];

    public string Name => "files";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        var (small, large) = (RandomNumberGenerator.GetBytes(Small), RandomNumberGenerator.GetBytes(Large));
        await HostAsync(bench, large, cancellation);
        foreach (var isolation in new[] { Isolations.Container, Isolations.GVisor })
        {
            if (!await server.Sandboxes.OffersAsync(isolation, cancellation)) continue;
            var id = await server.Sandboxes.CreateAsync(Bodies.Sandbox("minimal", isolation, 1024), cancellation);
            await MeasureAsync(bench.Report, server, isolation, id, "1 KB", small, bench.Arguments.Times(200, 50), rate: false, cancellation);
            var read = await MeasureAsync(bench.Report, server, isolation, id, "100 MB", large, bench.Arguments.Times(7, 3), rate: true, cancellation);
            if (isolation == Isolations.Container) bench.Report.AtLeast(Name, "container: reading a file of 100 MB, p50", read.P50, "MB/s", 500);
            await server.Sandboxes.DeleteAsync(id, cancellation);
        }
    }

    /// <returns>What reading took, or its rate.</returns>
    private async Task<Samples> MeasureAsync(Report report, RunningServer server, string isolation, string id, string size, byte[] bytes, int rounds, bool rate, CancellationToken cancellation)
    {
        Samples write = new(), read = new();
        var path = $"/v1/sandboxes/{id}/files?path=/tmp/file";
        for (var round = -2; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            using (var content = new ReadOnlyMemoryContent(bytes)) (await server.Api.OpenAsync(HttpMethod.Put, path, content, cancellation)).Dispose();
            if (round >= 0) write.Add(Figure(started, bytes.Length, rate));
            started = Stopwatch.GetTimestamp();
            var seen = await DrainAsync(server, path, cancellation);
            if (round >= 0) read.Add(Figure(started, bytes.Length, rate));
            if (seen != bytes.Length) read.Fail($"{seen} bytes came back of {bytes.Length}.");
        }

        report.Record(Name, $"{isolation}: write {size}", write, rate ? "MB/s" : "ms");
        report.Record(Name, $"{isolation}: read {size}", read, rate ? "MB/s" : "ms");
        return read;
    }

    private async Task<long> DrainAsync(RunningServer server, string path, CancellationToken cancellation)
    {
        using var response = await server.Api.OpenAsync(HttpMethod.Get, path, null, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        long seen = 0;
        int count;
        while ((count = await body.ReadAsync(_buffer, cancellation)) > 0) seen += count;
        return seen;
    }

    private async Task HostAsync(BenchContext bench, byte[] bytes, CancellationToken cancellation)
    {
        Samples write = new(), read = new();
        var path = Path.Combine(bench.Installation.PoolDirectory, "bench", "file");
        for (var round = 0; round < bench.Arguments.Times(7, 3); round++)
        {
            var started = Stopwatch.GetTimestamp();
            await File.WriteAllBytesAsync(path, bytes, cancellation);
            write.Add(Figure(started, bytes.Length, rate: true));
            started = Stopwatch.GetTimestamp();
            using var file = File.OpenHandle(path);
            for (long at = 0; at < bytes.Length;) at += RandomAccess.Read(file, _buffer, at);
            read.Add(Figure(started, bytes.Length, rate: true));
        }

        File.Delete(path);
        bench.Report.Record(Name, "host, in the pool: write 100 MB", write, "MB/s");
        bench.Report.Record(Name, "host, in the pool: read 100 MB", read, "MB/s");
    }

    private static double Figure(long started, long bytes, bool rate)
    {
        var took = Stopwatch.GetElapsedTime(started);
        return rate ? bytes / took.TotalSeconds / 1e6 : took.TotalMilliseconds;
    }
}
