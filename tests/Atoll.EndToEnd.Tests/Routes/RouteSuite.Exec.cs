using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("exec")]
    public async Task Exec_CommandThatWritesAndFails_BothStreamsAndTheExitCodeComeBack()
    {
        var done = await ShellAsync("echo out; echo err >&2; exit 7");
        Assert.Equal(("out\n", "err\n", 7), ((string)done["stdout"]!, (string)done["stderr"]!, (int)done["exitCode"]!));
        Assert.Null(done["signal"]);
        Assert.False((bool)done["truncated"]!);
        Assert.True((double)done["durationMs"]! > 0);
    }

    [Fact, Operation("exec")]
    public async Task Exec_EndedByASignal_SaysWhich()
    {
        var done = await ShellAsync("kill -9 $$");
        Assert.Equal((137, 9), ((int)done["exitCode"]!, (int)done["signal"]!));
    }

    [Fact, Operation("exec")]
    public async Task Exec_Base64_BytesComeBackUnchanged()
    {
        var done = await OkAsync(PostAsync("/exec?encoding=base64", new() { ["argv"] = new JsonArray("printf", @"\377\000\201") }));
        Assert.Equal([0xff, 0, 0x81], Convert.FromBase64String((string)done["stdout"]!));
    }

    [Fact, Operation("exec")]
    public async Task Exec_StdinDirectoryAndEnvironment_AreTheRequestsOwn()
    {
        var done = await OkAsync(PostAsync("/exec", new()
        {
            ["command"] = "cat; pwd; echo $MINE $FROM_SANDBOX; id -un",
            ["stdin"] = "héllo\n",
            ["cwd"] = "/tmp",
            ["env"] = new JsonObject { ["MINE"] = "a b" },
        }));
        Assert.Equal("héllo\n/tmp\na b yes\nuser", Stdout(done));
    }

    [Fact, Operation("exec")]
    public async Task Exec_AsRoot_IsRoot()
    {
        Assert.Equal("0", Stdout(await ShellAsync("id -u", user: "root")));
        Assert.Equal("1000", Stdout(await ShellAsync("id -u")));
    }

    [Fact, Operation("exec")]
    public async Task Exec_OverItsTime_IsEndedWithItsChildrenAndSaysSo()
    {
        var done = await OkAsync(PostAsync("/exec", new() { ["command"] = "echo begun; sleep 987 & sleep 987", ["timeoutSeconds"] = 0.5 }));
        Assert.True((bool)done["timedOut"]!);
        Assert.Equal("begun", Stdout(done));
        Assert.Equal("", Stdout(await ShellAsync("pgrep -f 'sleep [9]87' || true")));
    }

    [Fact, Operation("exec")]
    public async Task Exec_MoreOutputThanAskedFor_IsCutAndSaysSo()
    {
        var done = await OkAsync(PostAsync("/exec", new() { ["command"] = "yes | head -c 3000000", ["maxOutputBytes"] = 1000 }));
        Assert.True((bool)done["truncated"]!);
        Assert.InRange(((string)done["stdout"]!).Length, 1, 1000);
        Assert.Equal(0, (int)done["exitCode"]!);
    }

    [Fact, Operation("exec")]
    public async Task Exec_WhatCannotStart_SaysWhy()
    {
        (await PostAsync("/exec", new() { ["argv"] = new JsonArray("no-such-program") })).ShouldBe(HttpStatusCode.UnprocessableEntity, "command_not_found");
        (await PostAsync("/exec", new() { ["argv"] = new JsonArray("/etc/passwd") })).ShouldBe(HttpStatusCode.UnprocessableEntity, "command_not_executable");
        (await PostAsync("/exec", new() { ["command"] = "true", ["user"] = "nobody-here" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "user_not_found");
        (await PostAsync("/exec", new() { ["command"] = "true", ["cwd"] = "/not/there" })).ShouldBe(HttpStatusCode.UnprocessableEntity, "working_directory_invalid");
        Assert.Equal(127, (int)(await ShellAsync("no-such-program"))["exitCode"]!);
    }
}
