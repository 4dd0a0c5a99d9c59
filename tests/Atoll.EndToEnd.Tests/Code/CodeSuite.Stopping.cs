using System.Net;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Routes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Code;

public abstract partial class CodeSuite
{
    [Theory, Operation("runCode")]
    [InlineData("python", "x = 7\nimport time\ntime.sleep(600)", "x", "7")]
    [InlineData("python", "x = 7\nimport asyncio\nawait asyncio.sleep(600)", "x", "7")]
    [InlineData("javascript", "var x = 7; while (true) {}", "x", "7")]
    [InlineData("javascript", "var x = 7; await new Promise(() => {})", "x", "7")]
    public async Task Run_OverItsTime_IsInterruptedAndKeepsItsState(string language, string code, string after, string value)
    {
        var context = await ContextAsync(language);
        await RunAsync(context, "1");
        var late = await RunAsync(context, code, new() { ["timeoutSeconds"] = 0.5 });
        Assert.Equal(("Timeout", true, false), (Error(late), (bool)late["timedOut"]!, (bool)late["stateLost"]!));
        Assert.Equal(value, await TextAsync(context, after));
    }

    [Fact, Operation("runCode")]
    public async Task Run_BashOverItsTime_IsInterruptedWithWhatItRuns()
    {
        var context = await ContextAsync("bash");
        var late = await RunAsync(context, "x=7; sleep 654; echo not reached", new() { ["timeoutSeconds"] = 0.5 });
        Assert.Equal(("Timeout", false, ""), (Error(late), (bool)late["stateLost"]!, (string)late["stdout"]!));
        var after = await RunAsync(context, "echo $x; pgrep -f 'sleep [6]54'");
        Assert.Equal("7\n", (string)after["stdout"]!);
    }

    [Fact, Operation("runCode")]
    public async Task Run_CodeThatDoesNotHeedAnInterrupt_IsKilledAndTheNextSaysSo()
    {
        var context = await ContextAsync("python");
        await RunAsync(context, "x = 7");
        var late = await RunAsync(context, "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(600)", new() { ["timeoutSeconds"] = 0.3 });
        Assert.Equal(("Timeout", true, true), (Error(late), (bool)late["timedOut"]!, (bool)late["stateLost"]!));
        var next = await RunAsync(context, "'x' in globals()");
        Assert.Equal(("False", true, 1), (Value(next), (bool)next["restarted"]!, (int)next["executionCount"]!));
        Assert.False((bool)(await RunAsync(context, "1"))["restarted"]!);
    }

    [Theory, Operation("runCode")]
    [InlineData("python", "import os, signal; print('last words'); os.kill(os.getpid(), signal.SIGKILL)")]
    [InlineData("javascript", "console.log('last words'); process.kill(process.pid, 'SIGKILL')")]
    [InlineData("bash", "echo last words; kill -9 $$")]
    public async Task Run_InterpreterDies_SaysSoAndTheNextHasAFreshOne(string language, string code)
    {
        var context = await ContextAsync(language);
        var died = await RunAsync(context, code);
        Assert.Equal(("InterpreterDied", true, "last words\n"), (Error(died), (bool)died["stateLost"]!, (string)died["stdout"]!));
        Assert.True((bool)(await RunAsync(context, "1"))["restarted"]!);
    }

    [Fact, Operation("runCode")]
    public async Task Run_InterpreterDiedBetween_StartsAFreshOneAndSaysSo()
    {
        var context = await ContextAsync("python");
        var pid = await TextAsync(context, "import os; os.getpid()");
        await _api.ExecAsync(_id, $"kill -9 {pid}", Cancelled);
        var next = await RunAsync(context, "'os' in globals()");
        Assert.Equal(("False", true), (Value(next), (bool)next["restarted"]!));
    }

    [Fact, Operation("runCode")]
    public async Task Run_BashExits_EndsTheShellWithItsStatus()
    {
        var context = await ContextAsync("bash");
        var done = await RunAsync(context, "x=1; exit 3");
        Assert.Equal(("ExitStatus", "3", true), (Error(done), (string)done["error"]!["value"]!, (bool)done["stateLost"]!));
        Assert.Equal("fresh\n", (string)(await RunAsync(context, "echo ${x-fresh}"))["stdout"]!);
    }

    [Fact, Operation("runCode")]
    public async Task Run_ClientGoesAway_TheCodeIsInterrupted()
    {
        var context = await ContextAsync("python");
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in StreamAsync(context, "x = 7\nprint('begun')\nimport time\ntime.sleep(600)", leaving.Token))
            {
                if (happened.Name == "stdout") await leaving.CancelAsync();
            }
        });
        Assert.Equal("7", await TextAsync(context, "x"));
    }

    [Fact, Operation("runCode", "interruptCode", "listCodeContexts", "restartCodeContext", "deleteCodeContext", "createCodeContext")]
    public async Task Contexts_MadeListedInterruptedRestartedAndDeleted()
    {
        var id = await ContextAsync("python", new() { ["name"] = "mine", ["cwd"] = "/usr", ["env"] = new JsonObject { ["OWN"] = "1" } });
        (await _api.PostAsync(Root + "/contexts", new JsonObject { ["name"] = "mine" }, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "name_taken");
        (await _api.PostAsync(Root + "/contexts", new JsonObject { ["name"] = "bash" }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.PostAsync(Root + "/contexts", new JsonObject { ["cwd"] = "/not/there" }, Cancelled)).ShouldBe(HttpStatusCode.UnprocessableEntity, "working_directory_invalid");
        Assert.Equal("('/usr', '1', 'yes')", await TextAsync("mine", "import os; (os.getcwd(), os.environ['OWN'], os.environ['FROM_SANDBOX'])"));

        var running = RunAsync(id, "import time\ntime.sleep(600)");
        await Eventually.HoldsAsync("the context is busy", async () => (bool)(await FindAsync(id))["busy"]!, Cancelled);
        await InterruptAsync(id);
        var interrupted = await running;
        Assert.Equal(("KeyboardInterrupt", true, false), (Error(interrupted), (bool)interrupted["interrupted"]!, (bool)interrupted["stateLost"]!));

        var before = (int)(await FindAsync(id))["pid"]!;
        var restarted = await _api.SendAsync(HttpMethod.Post, $"{Root}/contexts/{id}/restart", null, Cancelled);
        Assert.Equal(HttpStatusCode.OK, restarted.Status);
        Assert.NotEqual(before, (int)restarted.Json!["pid"]!);
        Assert.Equal("NameError", Error(await RunAsync(id, "os")));

        Assert.Equal(HttpStatusCode.NoContent, (await _api.DeleteAsync($"{Root}/contexts/{id}", Cancelled)).Status);
        (await SendAsync(id, "1")).ShouldBe(HttpStatusCode.NotFound, "code_context_not_found");
        Assert.NotEqual(0, (int)(await _api.ExecAsync(_id, $"kill -0 {(int)restarted.Json!["pid"]!}", Cancelled))["exitCode"]!);
    }

    [Fact, Operation("runCode")]
    public async Task Run_SeveralAtOnce_WaitInABoundedQueue()
    {
        var context = await ContextAsync("python");
        await RunAsync(context, "n = 0\nimport time");
        var first = RunAsync(context, "time.sleep(600)");
        await Eventually.HoldsAsync("the context is busy", async () => (bool)(await FindAsync(context))["busy"]!, Cancelled);
        Task<Answer>[] others = [.. Enumerable.Range(0, 4).Select(_ => SendAsync(context, "n += 1"))];
        await Eventually.HoldsAsync("two are refused", () => Task.FromResult(others.Count(other => other.IsCompleted) == 2), Cancelled);
        await InterruptAsync(context);
        await first;
        var answers = await Task.WhenAll(others);
        Assert.Equal(2, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        foreach (var refused in answers.Where(answer => answer.Status != HttpStatusCode.OK)) refused.ShouldBe(HttpStatusCode.TooManyRequests, "too_many");
        Assert.Equal("2", await TextAsync(context, "n"));
    }

    private async Task InterruptAsync(string context) =>
        Assert.Equal(HttpStatusCode.NoContent, (await _api.SendAsync(HttpMethod.Post, $"{Root}/contexts/{context}/interrupt", null, Cancelled)).Status);

    private async Task<JsonNode> FindAsync(string context)
    {
        var list = await _api.GetAsync(Root + "/contexts", Cancelled);
        return Assert.Single((JsonArray)list.Json!["items"]!, item => (string)item!["id"]! == context)!;
    }
}
