using System.Globalization;
using Atoll.Bench.Bare;
using Atoll.Bench.Http;
using Atoll.Bench.Installing;
using Atoll.Bench.Measuring;
using Atoll.Bench.Running;

namespace Atoll.Bench.Sections.Working;

/// <summary>The same work inside a sandbox and outside, in a chroot over a copy of the same template in the same pool, in turn.</summary>
internal sealed class WorkSection : ISection
{
    private const string Outside = "outside";

    /// <summary>A cgroup, so that it gets as much of a busy machine as a sandbox does; a mount namespace, so that nothing stays mounted; the user and the environment of a sandbox's commands.</summary>
    private const string Enter =
        """
        echo $$ > "$2/cgroup.procs" && mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" &&
        exec chroot --userspec=1000:1000 "$0" /usr/bin/env -i HOME=/home/user USER=user LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "$1"
        """;

    public string Name => "work";

    public async Task RunAsync(BenchContext bench, CancellationToken cancellation)
    {
        await using var server = await bench.Installation.StartAsync(Settings.Cold, cancellation);
        var places = new Dictionary<string, Func<string, Task<string>>> { [Outside] = script => ChrootAsync(bench.Bare, script) };
        foreach (var isolation in new[] { Isolations.Container, Isolations.GVisor })
        {
            if (!await server.Sandboxes.OffersAsync(isolation, cancellation)) continue;
            // As much as the host has, so that it is the wall that is measured and not a limit.
            var id = await server.Sandboxes.CreateAsync(Bodies.Sandbox("default", isolation, 4096, Environment.ProcessorCount), cancellation);
            places[isolation] = async script => (await server.Sandboxes.ExecAsync(id, Bodies.Argv("bash", "-c", script), cancellation)).Stdout;
        }

        foreach (var job in Job.All) await CompareAsync(bench, job, places, cancellation);
    }

    private async Task CompareAsync(BenchContext bench, Job job, Dictionary<string, Func<string, Task<string>>> places, CancellationToken cancellation)
    {
        var order = places.Keys.ToArray();
        var took = order.ToDictionary(place => place, _ => new Samples());
        foreach (var place in order) await places[place](job.PrepareScript);
        for (var round = -1; round < bench.Arguments.Times(7, 3); round++)
        {
            for (var step = 0; step < order.Length; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var place = order[(round + 1 + step) % order.Length];
                var microseconds = double.Parse(await places[place](job.Script), CultureInfo.InvariantCulture);
                if (round >= 0) took[place].Add(microseconds / 1000);
            }
        }

        foreach (var place in order) bench.Report.Record(Name, $"{place}: {job.Name}", took[place]);
        bench.Report.Ratio(Name, $"container: {job.Name}, p50", took[Isolations.Container].P50, Outside, took[Outside].P50, 1.03);
        if (took.TryGetValue(Isolations.GVisor, out var gvisor)) bench.Report.Beside(Name, $"gvisor: {job.Name}, p50", gvisor.P50, Outside, took[Outside].P50);
    }

    private static async Task<string> ChrootAsync(BareTools bare, string script)
    {
        var (code, output) = await HostTool.TryAsync(["unshare", "--mount", "--propagation", "private", "sh", "-c", Enter, bare.Default, script, bare.ProcessorCgroup()]);
        return code == 0 ? output : throw new InvalidOperationException($"The work outside ended with {code}: {output}");
    }
}
