using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Resources;

/// <summary>
/// Attacks 36 to 45: one sandbox takes all it can for a few seconds, within limits that keep this machine's other work alive. It may end, with a reason; nobody else may notice.
/// </summary>
public abstract class ResourceTests(HostileServer server, string isolation) : HostileSuite(server, isolation)
{
    private static readonly string[] ReasonsToEnd = ["out_of_memory", "agent_died"];

    [Fact]
    public Task Attack36_ForkBomb_IsBounded() => EndlessAsync(null, "fork-bomb", "1.5");

    [Fact]
    public Task Attack37_ThreadBomb_IsBounded() => EndlessAsync(verdicts => Assert.InRange(Count(Assert.Single(verdicts, verdict => verdict.Name == "threads")), 1, 700), "thread-bomb");

    [Theory]
    [InlineData("malloc")]
    [InlineData("shm")]
    [InlineData("memfd")]
    [InlineData("pipes")]
    [InlineData("cache")]
    public Task Attack38_MemoryBomb_EndsTheEaterOrTheSandbox(string kind) => EndlessAsync(verdicts =>
    {
        var verdict = Assert.Single(verdicts, verdict => verdict.Name == "memory");
        // What the kernel can take back at any time, it need not refuse.
        Assert.True(verdict.Refused || kind == "cache", verdict.ToString());
    }, "memory", kind, kind == "cache" ? "200" : "600");

    [Fact]
    public Task Attack39_DiskFill_StopsAtTheLimit() => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync(new JsonObject { ["diskMiB"] = 96 });
        Assert.Contains(await AttackAsync(id, User, "disk", "300"), verdict => verdict is { Name: "fill", Refused: true });
        await Eventually.HoldsAsync("there is room again", async () => (int)(await Api.ExecAsync(id, "echo small > /tmp/small && sync", Cancellation))["exitCode"]! == 0, Cancellation);
        await AttackAsync(id, User, "inodes", "20000", "3");
        await AttackAsync(id, User, "sparse", "/tmp/sparse");
        await ReadSparseAsync(id);
        Assert.Equal("fine\n", await ShellAsync("echo fine", sandbox: id));
    });

    /// <summary>A subvolume within a sandbox's has no limit, and keeps that one from being deleted.</summary>
    [Fact]
    public Task Attack39_SubvolumesInTheDisk_AreRefused() => ShouldBeRefusedAsync("pool-calls");

    [Fact]
    public Task Attack40_DescriptorExhaustion_LeavesTheAgentWorking() => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        var attack = TryAttackAsync(id, Root, "descriptors", "4", "2");
        await Api.ExecAsync(id, "true", Cancellation);
        var answer = await attack;
        if (answer.Status != HttpStatusCode.OK)
        {
            await ShouldWorkOrHaveEndedAsync(id, answer);
            return;
        }

        foreach (var verdict in Verdict.Parse((string)answer.Json!["stdout"]!)) Assert.InRange(Count(verdict), 1, 65536);
        Assert.Equal("fine\n", await ShellAsync("echo fine", sandbox: id));
    });

    /// <summary>Nobody reads; the process goes on, and neither agent nor server keeps more than it said.</summary>
    [Fact]
    public Task Attack41_EndlessOutputThatNobodyReads_IsNotKept() => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        var before = ServerMemoryMiB();
        var started = await Api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["argv"] = new JsonArray("/tmp/attack", "flood", "3"), ["maxOutputBytes"] = 65536, ["tag"] = "flood" }, Cancellation);
        Assert.True(started.Status == HttpStatusCode.Created, started.Text);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sandboxes/{id}/processes/flood/output?follow=true");
        using var never = await Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        JsonNode process = new JsonObject();
        await Eventually.HoldsAsync("the flood is over", async () => (process = (await Api.GetAsync($"/v1/sandboxes/{id}/processes/flood", Cancellation)).Json!)["endedAt"] is not null, Cancellation, TimeSpan.FromSeconds(40));
        TestContext.Current.TestOutputHelper?.WriteLine($"{(long)process["outputEnd"]! >> 20} MiB written, the server grew by {ServerMemoryMiB() - before} MiB");
        Assert.InRange((long)process["outputEnd"]! - (long)process["outputStart"]!, 0, 1 << 21);
        Assert.InRange(ServerMemoryMiB() - before, long.MinValue, 512);
    });

    [Fact]
    public Task Attack42_Zombies_AreReaped() => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        var answer = await TryAttackAsync(id, User, "zombies", "2", "100000");
        if (answer.Status != HttpStatusCode.OK)
        {
            await ShouldWorkOrHaveEndedAsync(id, answer);
            return;
        }

        TestContext.Current.TestOutputHelper?.WriteLine((string)answer.Json!["stdout"]!);
        await Eventually.HoldsAsync("all are reaped", async () => int.Parse(await ShellAsync("ls -d /proc/[0-9]* | wc -l", sandbox: id), CultureInfo.InvariantCulture) < 12, Cancellation);
    });

    [Fact]
    public Task Attack43_DaemonsDeafToSignals_EndWithTheSandbox() => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        await AttackAsync(id, Root, "stubborn");
        Assert.NotEmpty(HostTasks(id));
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await Eventually.HoldsAsync($"nothing of {id} is left", () => HostTasks(id).Count == 0 && HostTraces.Of(Server.Real, id).Count == 0, Cancellation);
    });

    [Theory]
    [InlineData("spin", "2", "8")]
    [InlineData("fsyncs", "2")]
    [InlineData("netlinks", "2")]
    [InlineData("inotifies")]
    [InlineData("lookups", "2")]
    [InlineData("sizes", "2")]
    public Task Attack44_NoisyNeighbour_IsHeard(string attack, params string[] arguments) => EndlessAsync(null, [attack, .. arguments]);

    [Fact]
    public Task Attack44_NameFlood_LeavesNamesToOthers() => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        var server = (await ShellAsync("awk '/nameserver/ {print $2; exit}' /etc/resolv.conf", sandbox: id)).Trim();
        Assert.True(IPAddress.TryParse(server, out _), server);
        await AttackAsync(id, User, "names", server, "2");
        Assert.Equal("fine\n", await ShellAsync("echo fine", sandbox: id));
    });

    /// <summary>One sandbox opens no more than its share of flows (4,096), so that the host's table of connections stays open to others.</summary>
    [Fact]
    public Task Attack44_ConnectionTableFlood_StopsAtTheSandboxsShare() => BesideNeighbourAsync(async () =>
    {
        const string total = "/proc/sys/net/netfilter/nf_conntrack_count";
        Assert.SkipUnless(File.Exists(total), "needs connection tracking");
        var link = Server.Real.Instance + "flow";
        await HostTool.RunAsync("ip", "link", "add", link, "type", "veth", "peer", "name", link + "p");
        try
        {
            await HostTool.RunAsync("ip", "addr", "add", Server.OpenRange + ".1/24", "dev", link);
            await HostTool.RunAsync("ip", "link", "set", link, "up");
            await HostTool.RunAsync("ip", "link", "set", link + "p", "up");
            await HostTool.RunAsync("ip", "neigh", "add", Server.OpenRange + ".2", "lladdr", "02:00:00:00:00:01", "dev", link);
            var id = await CreateAsync();
            var before = long.Parse(await File.ReadAllTextAsync(total, Cancellation), CultureInfo.InvariantCulture);
            await AttackAsync(id, User, "flows", Server.OpenRange + ".2", "20000", "4");
            var after = long.Parse(await File.ReadAllTextAsync(total, Cancellation), CultureInfo.InvariantCulture);
            TestContext.Current.TestOutputHelper?.WriteLine($"connections tracked: {before} before, {after} after");
            // Others on this host have connections too; without a limit it would be 20,000.
            Assert.InRange(after - before, long.MinValue, 4096 + 2048);
        }
        finally
        {
            await HostTool.RunAsync("ip", "link", "del", link);
        }
    });

    /// <summary>What lies in sockets counts, though it is no process's: a quarter of the sandbox's memory (32 MiB of 128).</summary>
    [Theory]
    [InlineData("tcp-memory")]
    [InlineData("udp-memory")]
    public Task Attack67_MemoryInSockets_StopsAtTheSandboxsShare(string attack) => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        var (before, most) = (SocketMiB(), 0L);
        var attacking = TryAttackAsync(id, User, attack, "300", "4");
        await Eventually.HoldsAsync("the attack is over", () =>
        {
            most = Math.Max(most, SocketMiB());
            return attacking.IsCompleted;
        }, Cancellation, TimeSpan.FromSeconds(40));
        TestContext.Current.TestOutputHelper?.WriteLine($"{(await attacking).Json?["stdout"]}; in sockets: {before} MiB before, {most} MiB at most");

        // Others on this host have sockets too; without a limit it is some hundred.
        Assert.InRange(most - before, long.MinValue, 64);
    });

    /// <summary>What makes the host's own processes come first when sandboxes spin on every core.</summary>
    [Fact]
    public void Attack69_SpinnersOnEveryCore_WeighLessThanTheHost()
    {
        var (one, unified) = ($"/sys/fs/cgroup/cpu/{Server.Real.Instance}/cpu.shares", $"/sys/fs/cgroup/{Server.Real.Instance}/cpu.weight");
        Assert.InRange(File.Exists(one) ? int.Parse(File.ReadAllText(one), CultureInfo.InvariantCulture) / 10 : int.Parse(File.ReadAllText(unified), CultureInfo.InvariantCulture), 1, 10);
    }

    /// <summary>Everything of a sandbox on the host, the runtime's own processes too, whatever score protects the server that started it.</summary>
    [Fact]
    public Task Attack45_WhenTheHostRunsOutOfMemory_SandboxesGoBeforeTheServer() => BesideNeighbourAsync(async () =>
    {
        const int given = 500;
        var id = await CreateAsync();
        await Api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = "sleep 600" }, Cancellation);
        Assert.InRange(Score(Server.Real.ProcessId), -1000, 0);
        await ShellAsync("echo -900 > /proc/self/oom_score_adj; for p in /proc/[0-9]*; do echo -900 > $p/oom_score_adj; done; true", Root, id);
        var tasks = HostTasks(id);
        Assert.NotEmpty(tasks);
        Assert.All(tasks, task => Assert.True(Score(task) >= given, $"process {task} of the sandbox has {Score(task)}"));
    });

    /// <summary>An attack that takes what it gets until its time is over: at its end the sandbox works as before, or has ended and says why.</summary>
    private Task EndlessAsync(Action<IReadOnlyList<Verdict>>? check, params string[] arguments) => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        var answer = await TryAttackAsync(id, User, arguments);
        if (answer.Status != HttpStatusCode.OK)
        {
            await ShouldWorkOrHaveEndedAsync(id, answer);
            return;
        }

        var verdicts = Verdict.Parse((string)answer.Json!["stdout"]!);
        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(' ', arguments)}: {string.Join("; ", verdicts)} exit {answer.Json["exitCode"]}");
        if ((int)answer.Json["exitCode"]! == 0) check?.Invoke(verdicts);
        await ShouldWorkOrHaveEndedAsync(id, answer);
    });

    /// <summary>An attack that was not answered was cut off, by the sandbox's end or by a host too busy to reach it; anything else than that is no attack at all.</summary>
    private async Task ShouldWorkOrHaveEndedAsync(string id, Answer attack)
    {
        Assert.True(attack.Status is HttpStatusCode.OK or HttpStatusCode.Conflict || (int)attack.Status >= 500, $"The attack was not run: {attack.Text}");
        var seen = "";
        await Eventually.HoldsAsync($"{id} works again or has ended", async () =>
        {
            var answer = await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["argv"] = new JsonArray("true") }, Cancellation);
            seen = answer.Text;
            return answer.Status is HttpStatusCode.OK or HttpStatusCode.Conflict;
        }, Cancellation, TimeSpan.FromSeconds(40), () => $"The attack was answered: {attack.Text} The last try: {seen}");
        if ((string?)(await GetAsync(id))["state"] != "running") await ShouldHaveEndedWithAReasonAsync(id);
    }

    private async Task ShouldHaveEndedWithAReasonAsync(string id)
    {
        JsonNode sandbox = new JsonObject();
        await Eventually.HoldsAsync($"{id} has stopped", async () => (string?)(sandbox = await GetAsync(id))["state"] is "stopped", Cancellation, TimeSpan.FromSeconds(40));
        TestContext.Current.TestOutputHelper?.WriteLine($"the sandbox stopped: {sandbox["stateReason"]}");
        Assert.True((string?)sandbox["state"] == "stopped" && ReasonsToEnd.Contains((string?)sandbox["stateReason"]), sandbox.ToJsonString());
    }

    // 16 TB of nothing: told, read in part, and never sent whole to a client that goes away.
    private async Task ReadSparseAsync(string id)
    {
        var stat = await Api.GetAsync(FileUrl(id, "/tmp/sparse", "files/stat"), Cancellation);
        Assert.True((int)stat.Status < 500, stat.Text);
        using var part = new HttpRequestMessage(HttpMethod.Get, FileUrl(id, "/tmp/sparse")) { Headers = { Range = new(0, 99) } };
        using var some = await Api.Http.SendAsync(part, Cancellation);
        Assert.True((int)some.StatusCode < 500);
        using var whole = new HttpRequestMessage(HttpMethod.Get, FileUrl(id, "/tmp/sparse", "files/archive"));
        using var answer = await Api.Http.SendAsync(whole, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
        var buffer = new byte[1 << 16];
        for (var i = 0; i < 64 && await stream.ReadAsync(buffer, Cancellation) > 0; i++) { }
    }

    private long ServerMemoryMiB() => File.ReadLines($"/proc/{Server.Real.ProcessId}/status").Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Select(line => long.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) >> 10).First();

    private static long SocketMiB()
    {
        const int pagesOfMiB = 256;
        return File.ReadLines("/proc/net/sockstat").Where(line => line.StartsWith("TCP:", StringComparison.Ordinal) || line.StartsWith("UDP:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)) / pagesOfMiB;
    }

    private static long Count(Verdict verdict) => long.Parse(verdict.Detail.Split(' ')[^1], CultureInfo.InvariantCulture);

    private static List<int> HostTasks(string sandbox) =>
    [
        .. Directory.EnumerateDirectories("/sys/fs/cgroup", sandbox, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true })
            .SelectMany(folder => File.ReadLines(Path.Combine(folder, "cgroup.procs"))).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Distinct(),
    ];

    private static int Score(int process) => int.Parse(File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/oom_score_adj"), CultureInfo.InvariantCulture);

    public sealed class Container(HostileServer server) : ResourceTests(server, "container");

    public sealed class GVisor(HostileServer server) : ResourceTests(server, "gvisor");
}
