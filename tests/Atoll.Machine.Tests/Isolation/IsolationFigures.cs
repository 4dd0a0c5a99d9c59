using System.Diagnostics;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation;

namespace Atoll.Machine.Tests.Isolation;

/// <summary>Figures, not promises; run by name.</summary>
public sealed class IsolationFigures(GuestKit kit, ITestOutputHelper output) : IClassFixture<GuestKit>
{
    private const int Rounds = 50;

    [Theory(Explicit = true)]
    [InlineData((int)IsolationKind.Container, ContainerLauncher.Builtin)]
    [InlineData((int)IsolationKind.Container, ContainerLauncher.Runc)]
    [InlineData((int)IsolationKind.GVisor, ContainerLauncher.Builtin)]
    public async Task StartAndRemove_OneAfterAnother_P50(int kind, ContainerLauncher launcher)
    {
        await using var bench = await Bench.CreateAsync(kit, (IsolationKind)kind, launcher);
        var root = await bench.MakeRootAsync("root");
        List<double> starts = [], removals = [];
        var resident = "";
        for (var round = 0; round < Rounds; round++)
        {
            var plan = bench.Plan(root, $"{LaunchPlan.GuestMountPoint}/probe", "init", "/bin/sleep", "1000");
            var clock = Stopwatch.StartNew();
            await bench.StartAsync(plan);
            starts.Add(clock.Elapsed.TotalMilliseconds);
            if (round == 0) resident = Resident(bench, plan.Id);
            clock.Restart();
            await bench.Runtime.RemoveAsync(plan.Id, TestContext.Current.CancellationToken);
            removals.Add(clock.Elapsed.TotalMilliseconds);
        }

        output.WriteLine($"{(IsolationKind)kind} {launcher}: start p50 {starts.Order().ElementAt(Rounds / 2):0.0} ms (min {starts.Min():0.0}, p90 {starts.Order().ElementAt(Rounds * 9 / 10):0.0}), removal p50 {removals.Order().ElementAt(Rounds / 2):0.0} ms; {resident}");
    }

    private static string Resident(Bench bench, SandboxId id) => string.Join(", ", Directory.EnumerateDirectories("/proc")
        .Where(folder => int.TryParse(Path.GetFileName(folder), out var pid) && bench.Cgroups.Contains(id, pid))
        .Select(folder => File.ReadAllText(folder + "/comm").Trim() + " " + File.ReadLines(folder + "/status").FirstOrDefault(line => line.StartsWith("VmRSS", StringComparison.Ordinal))?[6..].Trim()));
}
