using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Atoll.Bench.Bare;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Memory;

/// <summary>A gVisor sandbox that holds 100 MB: saved with its memory, restored in place, forked and woken, each in turn with a bare <c>runsc</c> and the same image.</summary>
internal sealed class FullSection : ISection
{
    private const int Bytes = 100 * 1024 * 1024;
    private const int MemoryMiB = 512;
    private const int Warmups = 3;
    private const int ForksAtOnce = 10;

    /// <summary>For the server to put back what it keeps ready: within it, neither side is charged with that.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongRest = TimeSpan.FromSeconds(10);

    /// <summary>What the server tells of a full checkpoint while everything in the sandbox stands still.</summary>
    private static readonly string[] StillSpans = ["memory.hold", "memory.save", "memory.still", "memory.release"];

    public string Name => "full";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        if (bench.Bare.Memory() is not { } memory) return;
        await using var bare = memory;
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        if (!await server.Sandboxes.OffersAsync(Isolations.GVisor, cancellation)) return;
        var id = await HoldingAsync(server, cancellation);
        var (_, body) = server.Plain.Exchange(server.Plain.Request(HttpMethod.Post, $"/v1/sandboxes/{id}/checkpoints", Full));
        var checkpoint = Sandboxes.ReadId(body);
        await bare.StartAsync(bench.Installation, id, checkpoint);
        await CheckpointsAsync(bench, server, bare, id, cancellation);

        var restore = server.Plain.Request(HttpMethod.Post, $"/v1/sandboxes/{id}/restore", Encoding.UTF8.GetBytes($$"""{"checkpoint":"{{checkpoint}}"}"""));
        await BesideRestoreAsync(bench, bare, "restore in place", () => Task.FromResult(Timed(() => server.Plain.Exchange(restore))), 0.7, cancellation);
        var fork = server.Plain.Request(HttpMethod.Post, $"/v1/checkpoints/{checkpoint}/fork", "{}"u8.ToArray());
        await BesideRestoreAsync(bench, bare, "memory fork", () => ForkAsync(server, fork, cancellation), 0.7, cancellation);
        var wake = server.Plain.Request(HttpMethod.Post, $"/v1/sandboxes/{id}/resume", "{}"u8.ToArray());
        await BesideRestoreAsync(bench, bare, "wake", async () =>
        {
            await server.Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/suspend", "{}"u8.ToArray(), cancellation);
            await Task.Delay(Rest, TimeProvider.System, cancellation);
            return Timed(() => server.Plain.Exchange(wake));
        }, 0.7, cancellation);
        await TenForksAsync(bench, server, bare, checkpoint, cancellation);
        await server.Sandboxes.DeleteAsync(id, cancellation);
        await server.Api.SendAsync(HttpMethod.Delete, "/v1/checkpoints/" + checkpoint, null, cancellation);
    }

    /// <summary>So many bytes of what does not compress, in one process; <c>/var/held</c> says when it has them.</summary>
    private static string Holding { get; } = string.Create(
        CultureInfo.InvariantCulture, $"dd if=/dev/urandom bs={Bytes} count=1 iflag=fullblock 2>/dev/null | (dd bs=1 count=1 of=/var/held 2>/dev/null; exec sleep 1000000)");

    private static byte[] Full { get; } = """{"kind":"full"}"""u8.ToArray();

    /// <summary>The id of a sandbox that holds its memory.</summary>
    private static async Task<string> HoldingAsync(RunningServer server, CancellationToken cancellation)
    {
        var id = await server.Sandboxes.CreateAsync(Bodies.Sandbox("minimal", Isolations.GVisor, MemoryMiB), cancellation);
        await server.Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/processes", Bodies.Shell(Holding, "root"), cancellation);
        await server.Sandboxes.ExecAsync(id, Bodies.Shell("while [ ! -s /var/held ]; do sleep 0.1; done", "root"), cancellation);
        return id;
    }

    private async Task CheckpointsAsync(BenchContext bench, RunningServer server, BareMemory bare, string id, CancellationToken cancellation)
    {
        Samples whole = new(), still = new(), beside = new();
        var request = server.Plain.Request(HttpMethod.Post, $"/v1/sandboxes/{id}/checkpoints", Full, ServerTiming.Wanted);
        for (var round = -Warmups; round < bench.Arguments.Times(20, 8); round++)
        {
            await server.PlainSandboxes.ExecAsync(id, Bodies.Shell(string.Create(CultureInfo.InvariantCulture, $"echo {round} > /var/changed"), "root"), cancellation);
            byte[] body = [];
            var head = "";
            var took = Timed(() => (head, body) = server.Plain.Exchange(request));

            // That waits until it has been read through, so what the server still does is over when the bare one begins.
            await server.Api.SendAsync(HttpMethod.Delete, "/v1/checkpoints/" + Sandboxes.ReadId(body), null, cancellation);
            var bareTook = await bare.CheckpointAsync();
            if (round < 0) continue;
            whole.Add(took);
            still.Add(StillSpans.Sum(span => ServerTiming.Of(head, span)));
            beside.Add(bareTook);
        }

        bench.Report.Record(Name, "full checkpoint", whole);
        bench.Report.Record(Name, "full checkpoint, standing still", still);
        bench.Report.Record(Name, "runsc checkpoint, beside", beside);
        bench.Report.Ratio(Name, "full checkpoint with 100 MB, p50", whole.P50, "runsc checkpoint", beside.P50, 1.1);
    }

    private async Task BesideRestoreAsync(BenchContext bench, BareMemory bare, string what, Func<Task<double>> measured, double most, CancellationToken cancellation)
    {
        Samples samples = new(), beside = new();
        for (var round = -Warmups; round < bench.Arguments.Times(20, 8); round++)
        {
            await Task.Delay(Rest, TimeProvider.System, cancellation);
            var took = await measured();
            await Task.Delay(Rest, TimeProvider.System, cancellation);
            var bareTook = await bare.RestoreAsync();
            if (round < 0) continue;
            samples.Add(took);
            beside.Add(bareTook);
        }

        bench.Report.Record(Name, what, samples);
        bench.Report.Record(Name, $"runsc restore, beside {what}", beside);
        bench.Report.Ratio(Name, $"{what}, p50", samples.P50, "runsc restore", beside.P50, most);
    }

    private static async Task<double> ForkAsync(RunningServer server, byte[] request, CancellationToken cancellation)
    {
        byte[] body = [];
        var took = Timed(() => body = server.Plain.Exchange(request).Body);
        foreach (var made in Forked(body)) await server.Sandboxes.DeleteAsync(made, cancellation);
        return took;
    }

    private async Task TenForksAsync(BenchContext bench, RunningServer server, BareMemory bare, string checkpoint, CancellationToken cancellation)
    {
        Samples samples = new(), beside = new();
        var request = server.Plain.Request(HttpMethod.Post, $"/v1/checkpoints/{checkpoint}/fork", Encoding.UTF8.GetBytes($$"""{"count":{{ForksAtOnce}}}"""));
        for (var round = -Warmups; round < bench.Arguments.Times(6, 3); round++)
        {
            var bareTook = await bare.RestoreAsync();
            await Task.Delay(LongRest, TimeProvider.System, cancellation);
            var took = await ForkAsync(server, request, cancellation);
            if (round < 0) continue;
            samples.Add(took);
            beside.Add(bareTook);
        }

        bench.Report.Record(Name, "ten memory forks in one call", samples);
        bench.Report.Ratio(Name, "ten memory forks of one checkpoint, p50", samples.P50, "runsc restore", beside.P50, 5);
    }

    private static double Timed(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>The ids in a fork's answer. Throws an <see cref="ApiFailure"/> when one of them could not be made.</summary>
    private static string[] Forked(byte[] answer)
    {
        using var reply = JsonDocument.Parse(answer);
        return [.. reply.RootElement.GetProperty("results").EnumerateArray().Select(item =>
            item.TryGetProperty("sandbox", out var sandbox) && sandbox.ValueKind is JsonValueKind.Object ? sandbox.GetProperty("id").GetString()! : throw new ApiFailure("A fork failed: " + item.GetRawText()))];
    }
}
