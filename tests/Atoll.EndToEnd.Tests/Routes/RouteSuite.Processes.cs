using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("startProcess", "getProcess", "listProcesses", "followOutput")]
    public async Task Processes_Tagged_IsFoundByPidAndTagAndInTheList()
    {
        var tag = Name("tagged");
        var started = await StartAsync(new() { ["argv"] = new JsonArray("sh", "-c", "echo hi; echo no >&2; exit 3"), ["tag"] = tag });
        var pid = (int)started["pid"]!;
        var (stdout, stderr, exit) = await _api.ReadToExitAsync($"{Root}/processes/{tag}/output", Cancelled);
        Assert.Equal(("hi\n", "no\n", 3), (stdout, stderr, (int)exit.Data["exitCode"]!));

        var found = await GetAsync($"/processes/{pid}");
        Assert.Equal((pid, tag, 3, 6), ((int)found["pid"]!, (string)found["tag"]!, (int)found["exitCode"]!, (int)found["outputEnd"]!));
        Assert.NotNull(found["endedAt"]);
        Assert.Contains((JsonArray)(await GetAsync("/processes"))["items"]!, item => (int)item!["pid"]! == pid && (string?)item["tag"] == tag);
        (await _api.GetAsync($"{Root}/processes/999999", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "process_not_found");
    }

    [Fact, Operation("followOutput", "startProcess", "writeStdin")]
    public async Task Output_ClientHangsUpAndComesBack_GoesOnWhereItWas()
    {
        var pid = (int)(await StartAsync(new() { ["command"] = "echo first; read line; echo $line", ["keepStdinOpen"] = true }))["pid"]!;
        string? reached = null;
        await foreach (var happened in _api.FollowAsync($"{Root}/processes/{pid}/output", Cancelled))
        {
            Assert.Equal("first\n", happened.Text("data"));
            reached = happened.Id;
            break; // Hangs up.
        }

        Assert.Equal("6", reached);
        Assert.Null((await GetAsync($"/processes/{pid}"))["endedAt"]);
        await OkAsync(PostAsync($"/processes/{pid}/stdin", new() { ["text"] = "second\n" }));
        var (rest, _, exit) = await _api.ReadToExitAsync($"{Root}/processes/{pid}/output", Cancelled, lastEventId: reached);
        Assert.Equal(("second\n", 0), (rest, (int)exit.Data["exitCode"]!));
        Assert.Equal("irst\nsecond\n", (await _api.ReadToExitAsync($"{Root}/processes/{pid}/output?offset=1", Cancelled)).Stdout);
    }

    [Fact, Operation("followOutput")]
    public async Task Output_WithoutFollowing_EndsWithWhatIsThereNow()
    {
        var pid = (int)(await StartAsync(new() { ["command"] = "echo there; exec sleep 600" }))["pid"]!;
        await Eventually.HoldsAsync("the process wrote", async () => (int)(await GetAsync($"/processes/{pid}"))["outputEnd"]! == 6, Cancelled);
        var names = new List<string>();
        await foreach (var happened in _api.FollowAsync($"{Root}/processes/{pid}/output?follow=false&encoding=base64", Cancelled)) names.Add(happened.Name + happened.Text("data"));
        Assert.Equal(["stdout" + Convert.ToBase64String("there\n"u8)], names);
        await OkAsync(PostAsync($"/processes/{pid}/signal", new() { ["signal"] = "SIGKILL" }), HttpStatusCode.NoContent);
    }

    [Fact, Operation("writeStdin")]
    public async Task Stdin_SentTwiceAtTheSameOffset_ArrivesOnce()
    {
        var pid = (int)(await StartAsync(new() { ["argv"] = new JsonArray("cat"), ["keepStdinOpen"] = true }))["pid"]!;
        var path = $"/processes/{pid}/stdin";
        Assert.Equal(4, (long)(await OkAsync(PostAsync(path, new() { ["text"] = "one\n", ["offset"] = 0 })))["offset"]!);
        Assert.Equal(4, (long)(await OkAsync(PostAsync(path, new() { ["text"] = "one\n", ["offset"] = 0 })))["offset"]!);
        Assert.Equal(8, (long)(await OkAsync(PostAsync(path, new() { ["text"] = "e\ntwo\n", ["offset"] = 2 })))["offset"]!);
        await OkAsync(PostAsync(path, new() { ["base64"] = Convert.ToBase64String("end"u8), ["end"] = true }));
        var (stdout, _, exit) = await _api.ReadToExitAsync($"{Root}/processes/{pid}/output", Cancelled);
        Assert.Equal(("one\ntwo\nend", 0), (stdout, (int)exit.Data["exitCode"]!));
    }

    [Fact, Operation("signalProcess")]
    public async Task Signal_ByName_ReachesTheWholeGroup()
    {
        var pid = (int)(await StartAsync(new() { ["command"] = "sleep 876 & sleep 876 & echo ready; wait" }))["pid"]!;
        await Eventually.HoldsAsync("the group is there", async () => (int)(await GetAsync($"/processes/{pid}"))["outputEnd"]! == 6, Cancelled);
        await OkAsync(PostAsync($"/processes/{pid}/signal", new() { ["signal"] = "term" }), HttpStatusCode.NoContent);
        var (_, _, exit) = await _api.ReadToExitAsync($"{Root}/processes/{pid}/output", Cancelled);
        Assert.Equal((143, 15), ((int)exit.Data["exitCode"]!, (int)exit.Data["signal"]!));
        await Eventually.HoldsAsync("its children are gone", async () => Stdout(await ShellAsync("pgrep -f 'sleep [8]76' || true")).Length == 0, Cancelled);
        (await PostAsync($"/processes/{pid}/signal", new() { ["signal"] = 9 })).ShouldBe(HttpStatusCode.Conflict, "process_ended");
        (await PostAsync($"/processes/{pid}/signal", new() { ["signal"] = "SIGNOTHING" })).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact, Operation("signalProcess")]
    public async Task Signal_ToTheProcessAlone_LeavesItsGroup()
    {
        var pid = (int)(await StartAsync(new() { ["command"] = "trap 'echo got; exit 0' USR1; sleep 2 & echo ready; wait" }))["pid"]!;
        await Eventually.HoldsAsync("the trap is set", async () => (int)(await GetAsync($"/processes/{pid}"))["outputEnd"]! == 6, Cancelled);
        await OkAsync(PostAsync($"/processes/{pid}/signal", new() { ["signal"] = "USR1", ["group"] = false }), HttpStatusCode.NoContent);
        var (stdout, _, exit) = await _api.ReadToExitAsync($"{Root}/processes/{pid}/output", Cancelled);
        Assert.Equal(("ready\ngot\n", 0), (stdout, (int)exit.Data["exitCode"]!));
    }

    [Fact, Operation("resizeTerminal")]
    public async Task Resize_OfATerminal_IsWhatItsProgramsSee()
    {
        var pid = (int)(await StartAsync(new() { ["argv"] = new JsonArray("sh"), ["pty"] = new JsonObject { ["cols"] = 80, ["rows"] = 24 } }))["pid"]!;
        await OkAsync(PostAsync($"/processes/{pid}/resize", new() { ["cols"] = 132, ["rows"] = 43 }), HttpStatusCode.NoContent);
        await OkAsync(PostAsync($"/processes/{pid}/stdin", new() { ["text"] = "stty size; tty; exit 5\n" }));
        var (stdout, _, exit) = await _api.ReadToExitAsync($"{Root}/processes/{pid}/output", Cancelled);
        Assert.Contains("43 132", stdout, StringComparison.Ordinal);
        Assert.Contains("/dev/pts/", stdout, StringComparison.Ordinal);
        Assert.Equal(5, (int)exit.Data["exitCode"]!);
        (await PostAsync($"/processes/{pid}/resize", new() { ["cols"] = 0, ["rows"] = 43 })).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
    }

    private Task<JsonNode> StartAsync(JsonObject body) => OkAsync(PostAsync("/processes", body), HttpStatusCode.Created);
}
