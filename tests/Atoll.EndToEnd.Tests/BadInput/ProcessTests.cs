using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>Commands that do not behave, and clients that do not.</summary>
public abstract class ProcessTests(BadInputServer server, string isolation) : SandboxSuite(server, isolation)
{
    // How much longer than it should something may take on a busy machine.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("/no/such/program", "command_not_found")]
    [InlineData("no-such-program", "command_not_found")]
    [InlineData("/etc/passwd", "command_not_executable")]
    [InlineData("/tmp", "command_not_executable")]
    public async Task Exec_ProgramThatCannotRun_SaysWhy(string program, string code) =>
        (await ExecAsync(new() { ["argv"] = new JsonArray(program) })).ShouldBe(HttpStatusCode.UnprocessableEntity, code);

    [Fact]
    public async Task Exec_UnknownUserOrDirectory_SaysWhich()
    {
        (await ExecAsync(new() { ["command"] = "true", ["user"] = "nobody-here" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "user_not_found");
        (await ExecAsync(new() { ["command"] = "true", ["cwd"] = "/no/such/place" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "working_directory_invalid");
    }

    [Theory]
    [InlineData("""{}""", "command")]
    [InlineData("""{"command":"true","argv":["true"]}""", "argv")]
    [InlineData("""{"command":"true","timeoutSeconds":-1}""", "timeoutSeconds")]
    [InlineData("""{"command":"true","timeoutSeconds":1e999}""", "timeoutSeconds")]
    [InlineData("""{"command":"true","maxOutputBytes":-1}""", "maxOutputBytes")]
    [InlineData("""{"command":"true","maxOutputBytes":9223372036854775807}""", "maxOutputBytes")]
    [InlineData("""{"command":"tr\u0000ue"}""", "command")]
    [InlineData("""{"argv":["true",null]}""", "argv")]
    [InlineData("""{"command":"true","pty":{"cols":-1,"rows":0}}""", "pty.cols")]
    public async Task Exec_BadBody_IsNamed(string body, string field)
    {
        var answer = await Api.SendAsync(HttpMethod.Post, Route("exec"), body, Cancellation);
        answer.ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Contains(answer.Json!["errors"]!.AsObject(), pair => pair.Key.StartsWith(field, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exec_OutputWithoutEndOrNewline_IsCutAndEndsAtItsTimeout()
    {
        var clock = Stopwatch.StartNew();
        var answer = await ExecAsync(new() { ["command"] = "yes | tr -d '\\n'", ["timeoutSeconds"] = 1, ["maxOutputBytes"] = 100_000 });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3) + Slack, $"took {clock.Elapsed}");
        Assert.Equal(new string('y', 100_000), (string?)answer.Json!["stdout"]);
        Assert.True((bool)answer.Json["truncated"]!);
        Assert.True((bool)answer.Json["timedOut"]!);
    }

    [Fact]
    public async Task Exec_ProcessThatIgnoresSigterm_IsKilledAfterItsGrace()
    {
        var clock = Stopwatch.StartNew();
        var answer = await ExecAsync(new() { ["command"] = $"trap '' TERM; echo $$ > {Folder}/pid; while :; do sleep 1; done", ["timeoutSeconds"] = 1 });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3) + Slack);
        Assert.Equal(9, (int?)answer.Json!["signal"]);
        Assert.Equal(137, (int?)answer.Json["exitCode"]);
        Assert.True((bool)answer.Json["timedOut"]!);
        Assert.False(await LivesAsync());
    }

    [Fact]
    public async Task FollowOutput_ClientThatNeverReads_HoldsNothingUp()
    {
        var pid = await StartAsync(new() { ["command"] = "while :; do head -c 1000000 /dev/zero | tr '\\0' x; done", ["maxOutputBytes"] = 65536 });
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Route($"processes/{pid}/output?follow=true"));
            using var never = await Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

            // Far more than lies in any buffer on the way: it does not wait for this reader.
            await Eventually.HoldsAsync("50 MB were written", async () => (long)(await ProcessAsync(pid))["outputEnd"]! > 50_000_000, Cancellation, TimeSpan.FromSeconds(60));
            var now = await ProcessAsync(pid);
            Assert.InRange((long)now["outputEnd"]! - (long)now["outputStart"]!, 1, 1_100_000);
        }
        finally
        {
            await Api.PostAsync(Route($"processes/{pid}/signal"), new JsonObject { ["signal"] = "KILL" }, Cancellation);
        }

        await Eventually.HoldsAsync("the process has ended", async () => (await ProcessAsync(pid))["endedAt"] is not null, Cancellation);
        Assert.Equal(9, (int?)(await ProcessAsync(pid))["signal"]);
    }

    [Fact]
    public async Task Exec_ClientHangsUp_EndsTheProcess()
    {
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var exec = Api.PostAsync(Route("exec"), new JsonObject { ["command"] = $"echo $$ > {Folder}/pid; exec sleep 600" }, hangUp.Token);
        await Eventually.HoldsAsync("the command runs", LivesAsync, Cancellation);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exec);
        await Eventually.HoldsAsync("the command is gone", async () => !await LivesAsync(), Cancellation);
    }

    [Fact]
    public async Task Processes_ClientHangsUpMidStream_GoesOn()
    {
        var pid = await StartAsync(new() { ["command"] = $"echo $$ > {Folder}/pid; while :; do echo tick; sleep 0.1; done" });
        using (var request = new HttpRequestMessage(HttpMethod.Get, Route($"processes/{pid}/output?follow=true")))
        using (var answer = await Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation))
        {
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
            Assert.NotNull(await reader.ReadLineAsync(Cancellation));
        }

        var before = (long)(await ProcessAsync(pid))["outputEnd"]!;
        await Eventually.HoldsAsync("it wrote more", async () => (long)(await ProcessAsync(pid))["outputEnd"]! > before + 10, Cancellation);
        Assert.True(await LivesAsync());
        await Api.PostAsync(Route($"processes/{pid}/signal"), new JsonObject { ["signal"] = "SIGKILL" }, Cancellation);
        await Eventually.HoldsAsync("it ended", async () => !await LivesAsync(), Cancellation);
    }

    [Fact]
    public async Task Processes_UnknownPid_IsNotFound()
    {
        foreach (var pid in (string[])["999999", "0", "-1", "99999999999999999999", "no-such-tag"])
            (await Api.GetAsync(Route($"processes/{pid}"), Cancellation)).ShouldBe(HttpStatusCode.NotFound, "process_not_found");
        (await Api.PostAsync(Route("processes/1/signal"), new JsonObject { ["signal"] = "KILL" }, Cancellation)).ShouldBe(HttpStatusCode.NotFound, "process_not_found");
    }

    private async Task<JsonNode> ProcessAsync(int pid) => (await Api.GetAsync(Route($"processes/{pid}"), Cancellation)).Json!;

    private async Task<bool> LivesAsync() => (int)(await Api.ExecAsync(Sandbox, $"kill -0 $(cat {Folder}/pid)", Cancellation))["exitCode"]! == 0;

    public sealed class Container(BadInputServer server) : ProcessTests(server, "container");

    public sealed class GVisor(BadInputServer server) : ProcessTests(server, "gvisor");
}
