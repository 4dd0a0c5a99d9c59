using System.Diagnostics;
using System.Globalization;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Memory;

/// <summary>Many suspended sandboxes: what each costs the server, and how long a list of them takes.</summary>
internal sealed class SleepersSection : ISection
{
    private const int Width = 4;

    /// <summary>Before the first look at the server's memory: by then it has what the work itself takes.</summary>
    private const int First = 100;
    private const int Lists = 40;
    private const int Warmups = 20;

    /// <summary>Until the server has given back what the work took.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    public string Name => "sleepers";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        if (!await server.Sandboxes.OffersAsync(Isolations.GVisor, cancellation)) return;
        var count = bench.Arguments.Times(1000, 100);
        var ids = new string[First + count];
        await SleepAsync(server, ids, 0, First, cancellation);
        await Task.Delay(Rest, TimeProvider.System, cancellation);
        var before = HostCgroup.AnonymousMiB(server.ProcessId);
        await SleepAsync(server, ids, First, count, cancellation);
        await Task.Delay(Rest, TimeProvider.System, cancellation);
        var each = (HostCgroup.AnonymousMiB(server.ProcessId) - before) * 1024 / count;

        Samples list = new();
        var request = server.Plain.Request(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/v1/sandboxes?state=suspended&limit={count}"), null);
        for (var round = -Warmups; round < Lists; round++)
        {
            var started = Stopwatch.GetTimestamp();
            server.Plain.Exchange(request);
            if (round >= 0) list.AddSince(started);
        }

        bench.Report.AtMost(Name, $"a suspended sandbox, the server's memory, of {count}", each, "KiB", 20);
        bench.Report.Record(Name, $"a list of {count} suspended sandboxes", list);
        bench.Report.AtMost(Name, $"a list of {count} suspended sandboxes, p50", list.P50, "ms", 50);
        await Crowd.EachAsync(ids.Length, Width, (number, stop) => server.Sandboxes.DeleteAsync(ids[number], stop), cancellation);
    }

    private static Task SleepAsync(RunningServer server, string[] ids, int from, int count, CancellationToken cancellation) => Crowd.EachAsync(count, Width, async (number, stop) =>
    {
        ids[from + number] = await server.Sandboxes.CreateAsync(Bodies.Sandbox("minimal", Isolations.GVisor), stop);
        await server.Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{ids[from + number]}/suspend", "{}"u8.ToArray(), stop);
    }, cancellation);
}
