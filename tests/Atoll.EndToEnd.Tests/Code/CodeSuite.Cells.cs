using System.Net;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Routes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Code;

public abstract partial class CodeSuite
{
    [Fact, Operation("runCode")]
    public async Task Run_TaskOfAnEarlierCell_IsAwaitedByALaterOneAndGoesOnBetween()
    {
        var context = await ContextAsync("python");
        await RunAsync(context, "import asyncio\nasync def f():\n    await asyncio.sleep(0.05)\n    open('/tmp/went-on', 'w').close()\n    return 41");
        var begun = await RunAsync(context, "t = asyncio.create_task(f())");
        Assert.True(begun["error"] is null, begun.ToJsonString());
        await Eventually.HoldsAsync("the task ends while no code runs", async () => (int)(await _api.ExecAsync(_id, "rm /tmp/went-on", Cancelled))["exitCode"]! == 0, Cancelled);
        Assert.Equal("41", await TextAsync(context, "await t"));
        await RunAsync(context, "u = asyncio.ensure_future(f())");
        Assert.Equal("[41, 41]", await TextAsync(context, "await asyncio.gather(u, f())"));
    }

    [Theory, Operation("runCode")]
    [InlineData("asyncio.run(f())")]
    [InlineData("asyncio.get_event_loop().run_until_complete(f())")]
    [InlineData("asyncio.new_event_loop().run_until_complete(f())")]
    [InlineData("await f()")]
    [InlineData("x = [x async for x in g()]\nx[0]")]
    [InlineData("async with asyncio.Lock():\n    x = await f()\nx")]
    [InlineData("async for x in g():\n    pass\nx")]
    public async Task Run_AsyncioAsScriptsAndNotebooksUseIt_Works(string code)
    {
        var context = await ContextAsync("python");
        await RunAsync(context, "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 41\nasync def g():\n    yield 41");
        Assert.Equal("41", await TextAsync(context, code));
        Assert.Equal("41", await TextAsync(context, "asyncio.get_event_loop().close()\nasyncio.run(f())"));
        Assert.Equal("41", await TextAsync(context, code));
    }

    [Fact, Operation("runCode")]
    public async Task Run_BackgroundTaskThatExits_EndsAlone()
    {
        var context = await ContextAsync("python");
        await RunAsync(context, "import asyncio\nasync def f():\n    await asyncio.sleep(0.01)\n    open('/tmp/exits', 'w').close()\n    raise SystemExit(3)\nt = asyncio.create_task(f())");
        await Eventually.HoldsAsync("it exits", async () => (int)(await _api.ExecAsync(_id, "rm /tmp/exits", Cancelled))["exitCode"]! == 0, Cancelled);
        Assert.Equal("True", await TextAsync(context, "t.done()"));
    }

    [Theory, Operation("runCode")]
    [InlineData("python", "    x = 1\n    if x:\n        y = 2\n    (x, y)", "(1, 2)")]
    [InlineData("python", "\n\n\tz = 3\n\tz", "3")]
    [InlineData("python", "# a comment; and\n1 # another;", "1")]
    [InlineData("python", "\ufeffx = 1\r\nif x:\r\n    x = 2\r\nx", "2")]
    [InlineData("python", "x = '''a\r\nb'''\r\nx", "'a\\nb'")]
    [InlineData("python", "\f\nx = 4\n\f\nx", "4")]
    [InlineData("javascript", "\ufefflet x = 1;\r\n// done\r\n  x", "1")]
    public async Task Run_CellAsEditorsAndPeopleHaveIt_Runs(string language, string code, string value) => Assert.Equal(value, await TextAsync(await ContextAsync(language), code));

    [Theory, Operation("runCode")]
    [InlineData("python", "# only a comment", "")]
    [InlineData("python", "1 ;  # nothing to see", "")]
    [InlineData("python", "  %%bash\n  echo $((1 + 1))", "2\n")]
    [InlineData("javascript", "// only a comment", "")]
    [InlineData("bash", "\ufeffif true; then\r\n  echo yes\r\nfi\r\n", "yes\n")]
    public async Task Run_CellWithoutAValue_HasNone(string language, string code, string stdout)
    {
        var done = await RunAsync(await ContextAsync(language), code);
        Assert.Equal((stdout, ""), ((string)done["stdout"]!, (string)done["stderr"]!));
        Assert.True(done["error"] is null && ((JsonArray)done["results"]!).Count == 0, done.ToJsonString());
    }

    [Theory, Operation("runCode")]
    [InlineData("python", "return 1", "SyntaxError", "outside function")]
    [InlineData("python", "%timeit 1", "UnknownMagic", "%timeit is not known here")]
    [InlineData("javascript", "return 1", "SyntaxError", "Illegal return")]
    [InlineData("javascript", "throw { get message() { throw 1; }, get stack() { throw 2; } }", "Thrown", "[Getter]")]
    [InlineData("python", "class E(Exception):\n    def __str__(self): raise ValueError('no')\nraise E()", "E", "whose str() failed")]
    public async Task Run_CellThatCannotRun_SaysWhy(string language, string code, string name, string said)
    {
        var context = await ContextAsync(language);
        var done = await RunAsync(context, code);
        Assert.Equal(name, Error(done));
        Assert.Contains(said, (string)done["error"]!["value"]!);
        Assert.Equal("2", await TextAsync(context, "1 + 1"));
    }

    [Fact, Operation("runCode")]
    public async Task Run_AfterStopAndStart_SaysOnceThatTheDefaultContextIsFresh()
    {
        var id = await _api.CreateAsync(new() { ["template"] = "default", ["isolation"] = Isolation, ["memoryMiB"] = 512 }, Cancelled);
        try
        {
            Assert.False((bool)(await InAsync(id, "x = 1"))["restarted"]!);
            Assert.Equal(HttpStatusCode.OK, (await _api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/stop", "{}", Cancelled)).Status);
            Assert.Equal(HttpStatusCode.OK, (await _api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/start", "{}", Cancelled)).Status);
            var fresh = await InAsync(id, "'x' in globals()");
            Assert.Equal((true, "False", 1), ((bool)fresh["restarted"]!, Value(fresh), (int)fresh["executionCount"]!));
            Assert.False((bool)(await InAsync(id, "1"))["restarted"]!);
            Assert.False((bool)(await InAsync(id, "echo 1", "bash"))["restarted"]!);
        }
        finally
        {
            await _api.DeleteAsync($"/v1/sandboxes/{id}", CancellationToken.None);
        }
    }

    /// <summary>In the default context of another sandbox than the class's own.</summary>
    private protected async Task<JsonNode> InAsync(string sandbox, string code, string language = "python")
    {
        var answer = await _api.PostAsync($"/v1/sandboxes/{sandbox}/code", new JsonObject { ["code"] = code, ["language"] = language }, Cancelled);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }
}
