using System.Net;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Routes;

namespace Atoll.EndToEnd.Tests.Code;

public abstract partial class CodeSuite
{
    [Theory, Operation("runCode", "createCodeContext")]
    [InlineData("python", "x = 20", "x + 1", "21")]
    [InlineData("javascript", "const x = 20; let y = await Promise.resolve(1)", "const z = x; z + y", "21")]
    public async Task Run_Again_FindsWhatTheFirstDefined(string language, string first, string second, string value)
    {
        var context = await ContextAsync(language);
        var begun = await RunAsync(context, first);
        Assert.Equal((1, context, language), ((int)begun["executionCount"]!, (string)begun["context"]!, (string)begun["language"]!));
        Assert.Empty((JsonArray)begun["results"]!);
        var done = await RunAsync(context, second);
        Assert.Equal((value, 2, false), (Value(done), (int)done["executionCount"]!, (bool)done["restarted"]!));
    }

    [Fact, Operation("runCode")]
    public async Task Run_Bash_KeepsVariablesFunctionsAndDirectory()
    {
        var context = await ContextAsync("bash");
        await RunAsync(context, "cd /usr; declare -A map=([a]=1); greet() { echo hi $1; }");
        var done = await RunAsync(context, "pwd; echo ${map[a]}; greet you; echo err >&2");
        Assert.Equal(("/usr\n1\nhi you\n", "err\n"), ((string)done["stdout"]!, (string)done["stderr"]!));
        var failed = await RunAsync(context, "(exit 3)");
        Assert.Equal(("ExitStatus", "3", false), (Error(failed), (string)failed["error"]!["value"]!, (bool)failed["stateLost"]!));
    }

    [Fact, Operation("runCode")]
    public async Task Run_WithoutAContext_IsTheLanguagesDefaultOne()
    {
        var body = new JsonObject { ["code"] = "import os; (os.environ['FROM_SANDBOX'], os.getcwd())" };
        var done = await _api.PostAsync(Root, body, Cancelled);
        Assert.True(done.Status == HttpStatusCode.OK, done.Text);
        Assert.Equal(("python", "('yes', '/home/user')"), ((string)done.Json!["context"]!, Value(done.Json)));
        body["user"] = "root";
        body["code"] = "import os; os.getuid()";
        var root = await _api.PostAsync(Root, body, Cancelled);
        Assert.Equal(("python@root", "0"), ((string)root.Json!["context"]!, Value(root.Json)));
        await _api.DeleteAsync(Root + "/contexts/python@root", Cancelled);
    }

    [Fact, Operation("runCode")]
    public async Task Run_DirectoryAndVariables_HoldForOneExecution()
    {
        foreach (var (language, code, expected, after) in new[]
        {
            ("python", "import os; print(os.getcwd(), os.environ.get('ONCE'))", "/usr/share a 'b'\n", "/home/user None\n"),
            ("javascript", "console.log(process.cwd(), process.env.ONCE)", "/usr/share a 'b'\n", "/home/user undefined\n"),
            ("bash", "echo $PWD ${ONCE-None}", "/usr/share a 'b'\n", "/home/user None\n"),
        })
        {
            var once = await _api.PostAsync(Root, new JsonObject { ["language"] = language, ["code"] = code, ["cwd"] = "/usr/share", ["env"] = new JsonObject { ["ONCE"] = "a 'b'" } }, Cancelled);
            Assert.Equal(expected, (string)once.Json!["stdout"]!);
            var again = await _api.PostAsync(Root, new JsonObject { ["language"] = language, ["code"] = code }, Cancelled);
            Assert.Equal(after, (string)again.Json!["stdout"]!);
        }
    }

    [Theory, Operation("runCode")]
    [InlineData("python", "def f():\n    return 1 / 0\nf()", "ZeroDivisionError", "line 2, in f")]
    [InlineData("python", "x = (", "SyntaxError", "line 1")]
    [InlineData("python", "input()", "InputUnavailable", "input()")]
    [InlineData("javascript", "function f() { null.x }\nf()", "TypeError", "at f (cell-1.js:1:")]
    [InlineData("javascript", "let x = ;", "SyntaxError", "line 1")]
    public async Task Run_CodeThatFails_SaysHowWithTheCodesOwnLines(string language, string code, string name, string trace)
    {
        var context = await ContextAsync(language);
        var error = (await RunAsync(context, code))["error"]!;
        Assert.Equal(name, (string)error["name"]!);
        Assert.Contains(trace, (string)error["traceback"]!);
        Assert.DoesNotContain("atoll>", (string)error["traceback"]!);
    }

    [Fact, Operation("runCode")]
    public async Task Run_WhatProcessesOfTheCodeWrite_ComesToo()
    {
        var context = await ContextAsync("python");
        var done = await RunAsync(context, "import subprocess, sys\nprint('one')\nsubprocess.run('echo two; cat; echo err >&2', shell=True)\nprint('three')\n!echo four");
        Assert.Equal(("one\ntwo\nthree\nfour\n", "err\n"), ((string)done["stdout"]!, (string)done["stderr"]!));
    }

    [Fact, Operation("runCode")]
    public async Task Run_RichValues_HaveEachRepresentation()
    {
        var context = await ContextAsync("python");
        var done = await RunAsync(context, """
            class Rich:
                def __repr__(self): return 'rich'
                def _repr_html_(self): return '<b>'
                def _repr_markdown_(self): return '**'
                def _repr_svg_(self): return '<svg/>'
                def _repr_png_(self): return b'\x89PNG'
                def _repr_jpeg_(self): return b'\xff\xd8'
                def _repr_latex_(self): return '$x$'
            display({'text/html': '<i>', 'x/y': {'deep': [1]}}, raw=True)
            display({'a': [1, {'b': None}]})
            Rich()
            """);
        var results = (JsonArray)done["results"]!;
        Assert.Equal(3, results.Count);
        Assert.Equal(("<i>", "[1]"), ((string)results[0]!["html"]!, results[0]!["extra"]!["x/y"]!["deep"]!.ToJsonString()));
        Assert.Equal("""{"a":[1,{"b":null}]}""", results[1]!["json"]!.ToJsonString());
        var rich = results[2]!;
        Assert.Equal(("rich", "<b>", "**", "<svg/>", "iVBORw==", "/9g=", "$x$", true), (
            (string)rich["text"]!, (string)rich["html"]!, (string)rich["markdown"]!, (string)rich["svg"]!, (string)rich["png"]!, (string)rich["jpeg"]!, (string)rich["latex"]!, (bool)rich["isMainResult"]!));
    }

    [Fact, Operation("runCode")]
    public async Task Run_JavascriptModules_CanBeImportedAndRequired()
    {
        var context = await ContextAsync("javascript");
        var done = await RunAsync(context, """
            import fs, { existsSync as there } from 'fs';
            import * as path from 'node:path';
            const os = await import('os');
            ({ read: typeof fs.readFileSync, there: there('/etc/passwd'), joined: path.join('a', 'b'), os: os.platform(), required: typeof require('util').inspect })
            """);
        Assert.Equal("""{"read":"function","there":true,"joined":"a/b","os":"linux","required":"function"}""", Assert.Single((JsonArray)done["results"]!)!["json"]!.ToJsonString());
    }

    [Fact, Operation("runCode")]
    public async Task Run_TooMuchOutputAndTooLargeResults_AreCutAndSaidToBe()
    {
        var context = await ContextAsync("python");
        var loud = await RunAsync(context, "print('x' * 300000)", new() { ["maxOutputBytes"] = 1000 });
        Assert.Equal((1000, true), (((string)loud["stdout"]!).Length, (bool)loud["truncated"]!));
        var large = await RunAsync(context, "display({'text/html': 'y' * 900000, 'text/plain': 'small'}, raw=True)");
        Assert.Equal("small", (string)Assert.Single((JsonArray)large["results"]!)!["text"]!);
        Assert.Contains("html of a result was left out", (string)large["stderr"]!);
        Assert.Equal("3", await TextAsync(context, "1 + 2"));
    }

    [Fact, Operation("runCode")]
    public async Task Run_Streamed_EventsComeWhileTheCodeRuns()
    {
        var context = await ContextAsync("python");
        var names = new List<string>();
        await foreach (var happened in StreamAsync(context, "import time, os\nprint('begun')\nwhile not os.path.exists('/tmp/go-on'): time.sleep(0.02)\ndisplay(1)\n1/0", Cancelled))
        {
            // Only when its first output has come does the code get what it waits for.
            if (happened.Name == "stdout") await _api.ExecAsync(_id, "touch /tmp/go-on", Cancelled);
            names.Add(happened.Name);
            if (happened.Name == "failed") Assert.Equal("ZeroDivisionError", happened.Text("name"));
        }

        await _api.ExecAsync(_id, "rm /tmp/go-on", Cancelled);
        Assert.Equal(["start", "stdout", "result", "failed", "end"], names);
    }

    [Theory, Operation("runCode")]
    [InlineData("""{"code":"1","language":"cobol"}""", "language")]
    [InlineData("""{"code":""}""", "code")]
    [InlineData("""{"language":"bash"}""", "code")]
    [InlineData("""{"code":"1","timeoutSeconds":0}""", "timeoutSeconds")]
    [InlineData("""{"code":"1","timeoutSeconds":1e300}""", "timeoutSeconds")]
    [InlineData("""{"code":"1","env":{"A-B":"1"}}""", "env")]
    [InlineData("""{"code":"1","maxOutputBytes":-1}""", "maxOutputBytes")]
    [InlineData("""{"code":"1","cwd":""}""", "cwd")]
    [InlineData("""{"code":"1","colour":"red"}""", "colour")]
    public async Task Run_BadInput_NamesTheField(string json, string field)
    {
        var answer = await _api.SendAsync(HttpMethod.Post, Root, json, Cancelled);
        Assert.True((int)answer.Status is 400 && answer.Json!["errors"]![field] is not null, answer.Text);
    }

    [Fact, Operation("runCode")]
    public async Task Run_WhatIsNotThere_SaysWhat()
    {
        (await SendAsync("no-such", "1")).ShouldBe(HttpStatusCode.NotFound, "code_context_not_found");
        (await _api.PostAsync(Root, new JsonObject { ["code"] = new string('#', 100_001) }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.PostAsync(Root, new JsonObject { ["code"] = "1", ["user"] = "nobody-here" }, Cancelled)).ShouldBe(HttpStatusCode.UnprocessableEntity, "user_not_found");
        Assert.Equal("FileNotFoundError", Error(await RunAsync("python", "1", new() { ["cwd"] = "/not/there" })));
        var bare = await _api.CreateAsync(new() { ["template"] = "minimal", ["isolation"] = Isolation, ["memoryMiB"] = 256, ["diskMiB"] = 256 }, Cancelled);
        foreach (var (language, program) in new[] { ("python", "python3"), ("javascript", "node"), ("bash", "bash") })
        {
            var answer = await _api.PostAsync($"/v1/sandboxes/{bare}/code", new JsonObject { ["code"] = "1", ["language"] = language }, Cancelled);
            answer.ShouldBe(HttpStatusCode.UnprocessableEntity, "command_not_found");
            Assert.Contains($"'{program}'", (string)answer.Json!["detail"]!);
        }

        await _api.DeleteAsync($"/v1/sandboxes/{bare}", Cancelled);
    }
}
