using System.Globalization;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Resources;

/// <summary>Attack 68: what Linux counts by user or for all together is each sandbox's own. One takes all it can get of it; the next sandbox and the host's root still get theirs.</summary>
public abstract class KernelLimitTests(HostileServer server, string isolation) : HostileSuite(server, isolation)
{
    /// <summary>inotify instances, POSIX timers, message queues, terminals, contexts of asynchronous I/O, epoll watches.</summary>
    private const int Kinds = 6;

    [Fact]
    public Task Attack68_KernelLimits_TakenByOneSandbox_AreThereForOthers() => BesideNeighbourAsync(async () =>
    {
        // The kernel charges each of these to the sandbox's memory as well, which is not what is tried here.
        var id = await CreateAsync(new JsonObject { ["memoryMiB"] = 512 });
        var started = await Api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = "/tmp/attack hoard 2 600 > /tmp/hoarded" }, Cancellation);
        Assert.True((int)started.Status == 201, started.Text);
        await Eventually.HoldsAsync(
            "the sandbox has taken all it gets", async () => int.Parse(await ShellAsync("cat /tmp/hoarded 2>/dev/null | wc -l", sandbox: id), CultureInfo.InvariantCulture) == Kinds, Cancellation, TimeSpan.FromSeconds(40));
        var hoarded = Verdict.Parse(await ShellAsync("cat /tmp/hoarded", sandbox: id));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("; ", hoarded));

        // The host's kernel has one count of these contexts for everybody, so that nobody gets any there.
        string[] none = OwnKernel ? [] : ["aio"];
        foreach (var user in (string[])[User, Root]) AllHadBy($"{user} of another sandbox", await AttackAsync(Sandbox, user, "want"), none);
        AllHadBy("the host's root", await Server.AttackOnHostAsync(Cancellation, "want"), []);
        Assert.All(none, kind => Assert.Contains("ENOSYS", Assert.Single(hoarded, verdict => verdict.Name == kind).Detail, StringComparison.Ordinal));
    });

    private static void AllHadBy(string whom, IReadOnlyList<Verdict> verdicts, string[] none)
    {
        Assert.Equal(Kinds, verdicts.Count);
        Assert.All(verdicts, verdict => Assert.True(verdict.Outcome == "done" || none.Contains(verdict.Name), $"{whom}: {verdict}"));
    }

    public sealed class Container(HostileServer server) : KernelLimitTests(server, "container");

    public sealed class GVisor(HostileServer server) : KernelLimitTests(server, "gvisor");
}
