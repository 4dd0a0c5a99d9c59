using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Streaming;

/// <summary>How fast a process's output comes out: by the attach WebSocket, as server-sent events, and in the reply of an exec.</summary>
internal sealed class StreamSection : ISection
{
    private const int FileMB = 32;
    private const int ReadBytes = 256 * 1024;
    private readonly byte[] _buffer = new byte[ReadBytes];

    public string Name => "stream";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        var repeats = bench.Arguments.Times(16, 6);
        var rounds = bench.Arguments.Times(5, 3);
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        foreach (var isolation in new[] { Isolations.Container, Isolations.GVisor })
        {
            if (!await server.Sandboxes.OffersAsync(isolation, cancellation)) continue;
            var id = await server.Sandboxes.CreateAsync(Bodies.Sandbox("minimal", isolation, 1024), cancellation);
            // Text that needs no escaping, from the page cache: what is measured is the way out.
            await server.Sandboxes.ExecAsync(id, Bodies.Shell($"yes 'The quick brown fox jumps over the lazy dog; 0123456789.' | head -c {FileMB}000000 > /tmp/text"), cancellation);
            var cat = Bodies.Paced(["cat", .. Enumerable.Repeat("/tmp/text", repeats)]);
            Samples attach = new(), events = new(), exec = new(), pipe = new();
            for (var round = -1; round < rounds; round++)
            {
                var whole = repeats * FileMB * 1_000_000L;
                if (isolation == Isolations.Container) Add(pipe, round, whole, await PipeAsync(bench, repeats, cancellation));
                Add(attach, round, whole, await AttachAsync(server, id, cat, whole, cancellation));
                Add(events, round, whole, await EventsAsync(server, id, cat, cancellation));
                var started = Stopwatch.GetTimestamp();
                await server.Sandboxes.ExecAsync(id, Bodies.Argv("cat", "/tmp/text"), cancellation);
                Add(exec, round, FileMB * 1_000_000L, Stopwatch.GetElapsedTime(started));
            }

            if (isolation == Isolations.Container) bench.Report.Record(Name, "host: output of cat through a pipe", pipe, "MB/s");
            bench.Report.Record(Name, $"{isolation}: output by attach", attach, "MB/s");
            bench.Report.Record(Name, $"{isolation}: output as events", events, "MB/s");
            bench.Report.Record(Name, $"{isolation}: output of an exec that writes {FileMB} MB (4 MiB are kept)", exec, "MB/s");
            if (isolation == Isolations.Container) bench.Report.AtLeast(Name, "container: streaming a process's output, p50", attach.P50, "MB/s", 300);
            await server.Sandboxes.DeleteAsync(id, cancellation);
        }
    }

    private static void Add(Samples samples, int round, long bytes, TimeSpan took)
    {
        if (round >= 0) samples.Add(bytes / took.TotalSeconds / 1e6);
    }

    private async Task<TimeSpan> AttachAsync(RunningServer server, string id, byte[] cat, long whole, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var pid = await StartAsync(server, id, cat, cancellation);
        using var socket = await server.Api.OpenWebSocketAsync($"/v1/sandboxes/{id}/processes/{pid}/attach?pacing=true", cancellation);
        long seen = 0;
        var begins = true;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(), cancellation);
            if (part.MessageType == WebSocketMessageType.Close) break;
            // Output frames begin with their kind and eight bytes of offset.
            if (begins && _buffer[0] is 1) seen -= 9;
            if (!begins || _buffer[0] is 1) seen += part.Count;
            begins = part.EndOfMessage;
        }

        return seen == whole ? Stopwatch.GetElapsedTime(started) : throw new ApiFailure($"{seen} bytes came by attach, of {whole}.");
    }

    private async Task<TimeSpan> EventsAsync(RunningServer server, string id, byte[] cat, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var pid = await StartAsync(server, id, cat, cancellation);
        using var response = await server.Api.OpenAsync(HttpMethod.Get, $"/v1/sandboxes/{id}/processes/{pid}/output?follow=true&pacing=true", null, cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        while (await body.ReadAsync(_buffer, cancellation) > 0)
        {
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The same bytes from the same program on the host, to know what this machine can do just now.</summary>
    private async Task<TimeSpan> PipeAsync(BenchContext bench, int repeats, CancellationToken cancellation)
    {
        var path = Path.Combine(bench.Installation.PoolDirectory, "bench", "text");
        if (!File.Exists(path)) await File.WriteAllBytesAsync(path, Enumerable.Repeat((byte)'a', FileMB * 1_000_000).ToArray(), cancellation);
        var started = Stopwatch.GetTimestamp();
        using var cat = Process.Start(new ProcessStartInfo("cat", Enumerable.Repeat(path, repeats)) { RedirectStandardOutput = true })!;
        while (await cat.StandardOutput.BaseStream.ReadAsync(_buffer, cancellation) > 0)
        {
        }

        await cat.WaitForExitAsync(cancellation);
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<int> StartAsync(RunningServer server, string id, byte[] body, CancellationToken cancellation)
    {
        using var reply = JsonDocument.Parse(await server.Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/processes", body, cancellation));
        return reply.RootElement.GetProperty("pid").GetInt32();
    }
}
