using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Routes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Links;

/// <summary>
/// Clients whose sandbox loses its connections to the host, or stands still, while they wait for a command, follow output, are attached or run code: they notice nothing.
/// Each kind of isolation derives from it and must pass all of it.
/// </summary>
public abstract class LinkSuite(SharedServer server, SharedSandbox shared) : IClassFixture<SharedSandbox>, IAsyncLifetime
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(120);
    private Api _api = null!;
    private string _id = "";

    protected abstract string Isolation { get; }

    protected abstract string Runtime { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Root => $"/v1/sandboxes/{_id}";

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Requires.Tool(Runtime);
        _api = await server.ReadyAsync(Cancelled);
        _id = await shared.ReadyAsync(server, Isolation, Cancelled);
        await RequireCutterAsync();
    }

    public ValueTask DisposeAsync()
    {
        _api?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Exec_LinkCutAgainAndAgain_AnswersAsIfNothingHadBeen()
    {
        await using var cutter = await LinkCutter.StartAsync(_api, _id, Often, Cancelled);
        var expected = Lines(1, 200_000);
        for (var round = 0; round < 4; round++)
        {
            var done = await _api.ExecAsync(_id, "for i in 1 2 3 4 5 6 7 8; do sleep 0.1; seq $(((i-1)*25000+1)) $((i*25000)); done; echo x >> /tmp/execs; echo err >&2; exit 5", Cancelled);
            Assert.True(expected == (string)done["stdout"]!, $"{((string)done["stdout"]!).Length} of {expected.Length} characters");
            Assert.Equal(("err\n", 5, false), ((string)done["stderr"]!, (int)done["exitCode"]!, (bool)done["truncated"]!));
        }

        Assert.Equal("x\nx\nx\nx\n", (string)(await _api.ExecAsync(_id, "cat /tmp/execs", Cancelled))["stdout"]!);
        Assert.True(cutter.Cuts > 5, $"{cutter.Cuts} cuts");
    }

    [Fact]
    public async Task Exec_ManyShortOnesWhileTheLinkIsCut_AreEachDoneOnce()
    {
        await using var cutter = await LinkCutter.StartAsync(_api, _id, Often / 2, Cancelled);
        for (var number = 0; number < 80 || cutter.Cuts < 3; number++)
        {
            var done = await _api.ExecAsync(_id, $"echo {number} >> /tmp/short; echo {number}", Cancelled);
            Assert.Equal($"{number}\n", (string)done["stdout"]!);
        }

        var written = (string)(await _api.ExecAsync(_id, "cat /tmp/short", Cancelled))["stdout"]!;
        Assert.Equal(Lines(0, written.Count(c => c == '\n') - 1), written);
    }

    [Fact]
    public async Task Output_FollowedWhileTheLinkIsCut_ComesWhole()
    {
        await using var cutter = await LinkCutter.StartAsync(_api, _id, Often, Cancelled);
        var pid = await StartAsync(new() { ["command"] = "for i in $(seq 1 150); do echo out $i; echo err $i >&2; sleep 0.02; done; seq 1 50000; exit 3" });
        var (stdout, stderr, exit) = await _api.ReadToExitAsync($"{Root}/processes/{pid}/output", Cancelled);
        Assert.Equal(string.Concat(Enumerable.Range(1, 150).Select(i => $"out {i}\n")) + Lines(1, 50_000), stdout);
        Assert.Equal(string.Concat(Enumerable.Range(1, 150).Select(i => $"err {i}\n")), stderr);
        Assert.Equal(3, (int)exit.Data["exitCode"]!);
        Assert.True(cutter.Cuts > 5, $"{cutter.Cuts} cuts");
    }

    [Fact]
    public async Task Attach_TerminalWhileTheLinkIsCut_TypesAndShowsEachByteOnce()
    {
        await using var cutter = await LinkCutter.StartAsync(_api, _id, Often, Cancelled);
        var pid = await StartAsync(new() { ["argv"] = new JsonArray("sh"), ["pty"] = new JsonObject { ["cols"] = 80, ["rows"] = 24 } });
        using var client = await AttachClient.OpenAsync(_api, $"{Root}/processes/{pid}/attach", Cancelled);
        Assert.Equal("attached", (string)(await client.ReceiveControlAsync(Cancelled))["type"]!);
        await client.SendStdinAsync(-1, "stty -echo; PS1=; echo rea''dy\n", Cancelled);
        await client.ReceiveTextAsync("ready\r\n", Cancelled);
        for (var round = 1; round <= 40 || cutter.Cuts < 6; round++)
        {
            await client.SendControlAsync(new() { ["type"] = "resize", ["cols"] = 100 + (round % 50), ["rows"] = 40 }, Cancelled);
            await client.SendStdinAsync(-1, $"echo round {round} $(stty size)\n", Cancelled);
            Assert.Equal($"round {round} 40 {100 + (round % 50)}\r\n", await client.ReceiveTextAsync("\n", Cancelled));
        }

        await client.SendStdinAsync(-1, "exit 4\n", Cancelled);
        JsonNode control;
        do control = await client.ReceiveControlAsync(Cancelled);
        while ((string)control["type"]! != "exit");
        Assert.Equal(4, (int)control["exitCode"]!);
    }

    [Fact]
    public async Task Attach_PacedWhileTheLinkIsCut_LosesNoByte()
    {
        await using var cutter = await LinkCutter.StartAsync(_api, _id, Often, Cancelled);
        const int size = 20_000_000;
        var body = new JsonObject { ["command"] = $"seq 1 10000000 | head -c {size}", ["paced"] = true, ["maxOutputBytes"] = 65536 };
        var pid = await StartAsync(body);
        using var client = await AttachClient.OpenAsync(_api, $"{Root}/processes/{pid}/attach?pacing=true", Cancelled);
        var got = new MemoryStream();
        while (await client.ReceiveAsync(Cancelled) is { } message)
        {
            if (message.Kind == 1) got.Write(message.Bytes.Span);
            else Assert.DoesNotContain((string)JsonNode.Parse(message.Bytes.Span)!["type"]!, new[] { "dropped", "error" });
        }

        Assert.True(Encoding.ASCII.GetBytes(Lines(1, 2_800_000)).AsSpan(0, size).SequenceEqual(got.ToArray()), $"{got.Length} of {size} bytes");
    }

    [Fact]
    public async Task Files_WhileTheLinkIsCut_AreReadWhole()
    {
        await _api.ExecAsync(_id, "seq 1 1500000 > /tmp/large", Cancelled);
        await using var cutter = await LinkCutter.StartAsync(_api, _id, Often / 4, Cancelled);
        var expected = Lines(1, 1_500_000);
        for (var round = 0; round < 8; round++) Assert.True(expected == await _api.Http.GetStringAsync($"{Root}/files?path=/tmp/large", Cancelled));
    }

    /// <summary>Longer than any hello to an agent has: 5 s of silence, then three times 10 s.</summary>
    [Fact]
    public async Task Freeze_LongerThanAnySilenceIsBorne_IsNotNoticed()
    {
        var exec = _api.ExecAsync(_id, "echo before; sleep 3; echo after", Cancelled);
        var pid = await StartAsync(new() { ["command"] = "echo before; sleep 3; echo after" });
        var followed = _api.ReadToExitAsync($"{Root}/processes/{pid}/output", Cancelled);
        await Eventually.HoldsAsync("both run", async () => (int)(await GetAsync($"/processes/{pid}"))["outputEnd"]! == 7, Cancelled);
        HostCgroup.Freeze(_id, frozen: true);
        try
        {
            var late = _api.ExecAsync(_id, "echo late", Cancelled);
            await Task.Delay(TimeSpan.FromSeconds(42), TimeProvider.System, Cancelled);
            Assert.False(exec.IsCompleted || followed.IsCompleted || late.IsCompleted);
            HostCgroup.Freeze(_id, frozen: false);
            Assert.Equal("late\n", (string)(await late)["stdout"]!);
        }
        finally
        {
            HostCgroup.Freeze(_id, frozen: false);
        }

        Assert.Equal("before\nafter\n", (string)(await exec)["stdout"]!);
        Assert.Equal("before\nafter\n", (await followed).Stdout);
    }

    [Fact]
    public async Task Agent_KilledWhileAClientWaits_IsToldAtOnce()
    {
        var mortal = await _api.CreateAsync(new JsonObject { ["template"] = "minimal", ["isolation"] = Isolation, ["memoryMiB"] = 256 }, Cancelled);
        var exec = _api.PostAsync($"/v1/sandboxes/{mortal}/exec", new JsonObject { ["command"] = "touch /tmp/runs; sleep 600" }, Cancelled);
        await Eventually.HoldsAsync("it runs", async () => (int)(await _api.ExecAsync(mortal, "test -e /tmp/runs", Cancelled))["exitCode"]! == 0, Cancelled);
        using var kill = Process.Start("kill", ["-KILL", Holdings.Process(server.Server, mortal).ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancelled);
        var answer = await exec.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancelled);
        answer.ShouldBe(HttpStatusCode.Conflict, "sandbox_stopped");
        Assert.Contains("its agent died", answer.Text, StringComparison.Ordinal);
    }

    private static string Lines(int from, int to)
    {
        var text = new StringBuilder();
        for (var number = from; number <= to; number++) text.Append(number).Append('\n');
        return text.ToString();
    }

    /// <summary>Sockets are destroyed by the kernel's socket diagnosis (CONFIG_INET_DIAG_DESTROY), which not every kernel has.</summary>
    private async Task RequireCutterAsync()
    {
        Requires.Tool("ss");
        var waiting = _api.ExecAsync(_id, "sleep 0.5", Cancelled);
        await using var cutter = await LinkCutter.StartAsync(_api, _id, TimeSpan.Zero, Cancelled);
        while (cutter.Cuts == 0 && !waiting.IsCompleted) await cutter.CutAsync();
        await waiting;
        Assert.SkipUnless(cutter.Cuts > 0, "needs a kernel that destroys sockets when it is asked to (CONFIG_INET_DIAG_DESTROY)");
    }

    private async Task<int> StartAsync(JsonObject body)
    {
        var started = await _api.PostAsync($"{Root}/processes", body, Cancelled);
        Assert.True(started.Status == HttpStatusCode.Created, started.Text);
        return (int)started.Json!["pid"]!;
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        var answer = await _api.GetAsync(Root + path, Cancelled);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }
}
