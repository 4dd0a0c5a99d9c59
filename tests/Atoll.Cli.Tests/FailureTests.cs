using System.Text.Json.Nodes;
using Atoll.Cli.Errors;
using Atoll.Cli.Tests.Fakes;

namespace Atoll.Cli.Tests;

public sealed class FailureTests
{
    [Theory]
    [InlineData(400, "invalid_request", 2)]
    [InlineData(401, "unauthenticated", 3)]
    [InlineData(404, "sandbox_not_found", 4)]
    [InlineData(409, "name_taken", 5)]
    [InlineData(410, "sandbox_ended", 5)]
    [InlineData(503, "capacity_exhausted", 6)]
    [InlineData(504, "timeout", 8)]
    [InlineData(502, "agent_unreachable", 9)]
    [InlineData(500, "host_failure", 1)]
    public async Task Create_RefusedByServer_ExitsWithItsKind(int status, string code, int exit)
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnProblem("POST /v1/sandboxes", status, code, "It went wrong.", "Do this.");
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("create");

        Assert.Equal(exit, result.ExitCode);
        Assert.StartsWith($"error: It went wrong. ({code})\n", result.Errors);
        Assert.Contains("what to do: Do this.", result.Errors);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Inspect_WithJson_TellsTheFailureAsOneObjectOnStderr()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("inspect", "nope", "--json");

        Assert.Equal(4, result.ExitCode);
        var error = JsonNode.Parse(result.Errors)!["error"]!;
        Assert.Equal("sandbox_not_found", (string?)error["code"]);
        Assert.Equal("nope", (string?)error["sandbox"]);
        Assert.Equal(4, (int)error["exitCode"]!);
    }

    [Fact]
    public async Task Exec_OptionAfterTheSandbox_SaysWhereItGoes()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("exec", "web", "--timeout", "1s", "--", "true");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("Put options before the sandbox", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_WordThatIsNone_IsToldOnOneLine()
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync("usage", "--by", "week");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'sandbox' 'team' 'hour' 'day'", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_WithoutServer_ExitsUnreachableWithAHint()
    {
        using var cli = new CliRun();
        cli.Environment["ATOLL_URL"] = "http://127.0.0.1:1";

        var result = await cli.RunAsync("ls");

        Assert.Equal(7, result.ExitCode);
        Assert.Contains("./start", result.Errors);
    }

    [Fact]
    public async Task List_SomethingElseAnswers_SaysSo()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.On("GET /v1/sandboxes", http => Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, "<html>hello</html>"));
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("ls");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("unexpected_reply", result.Errors);
        Assert.DoesNotContain("   at ", result.Errors);
    }

    [Fact]
    public async Task Create_ManyMistakes_TellsEachField()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.On("POST /v1/sandboxes", async http =>
        {
            http.Response.StatusCode = 400;
            http.Response.ContentType = "application/problem+json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, """{"code":"invalid_request","detail":"Two mistakes.","errors":{"cpu":"must be more","memoryMiB":["must be less"]}}""");
        });
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("create", "--cpu", "0", "--memory", "9t");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("cpu: must be more", result.Errors);
        Assert.Contains("memoryMiB: must be less", result.Errors);
    }

    [Theory]
    [InlineData("""{"code":"invalid_request","detail":"'cpu' must be more.","hint":null,"errors":{"cpu":["must be more"]}}""", "error: 'cpu' must be more. (invalid_request)\n")]
    [InlineData("""{"code":"invalid_request","detail":"2 fields are wrong.","hint":"See 'errors' for each field.","errors":{"cpu":["must be more"],"disk":["must be less"]}}""", "error: 2 fields are wrong. (invalid_request)\n  cpu: must be more\n  disk: must be less\n")]
    public async Task Create_Mistakes_AreToldOnceEach(string problem, string told)
    {
        await using var server = await FakeAtoll.StartAsync();
        server.On("POST /v1/sandboxes", async http =>
        {
            http.Response.StatusCode = 400;
            http.Response.ContentType = "application/problem+json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, problem);
        });
        using var cli = new CliRun(server);

        Assert.Equal(told, (await cli.RunAsync("create")).Errors);
    }

    [Fact]
    public async Task Code_InPlaceOfAFile_SaysHowToGiveIt()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("code", "web", "x=1");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("There is no file 'x=1' here.", result.Errors, StringComparison.Ordinal);
        Assert.Contains("atoll code SANDBOX -c 'x=1'", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_NothingYet_SaysWhen()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnJson("GET /v1/usage", new JsonObject { ["items"] = new JsonArray(), ["currency"] = "USD", ["start"] = "2026-01-01T00:00:00Z", ["end"] = "2026-01-02T00:00:00Z" });
        using var cli = new CliRun(server);

        Assert.Contains("some seconds later", (await cli.RunAsync("usage")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_UnknownOption_IsToldInOneSentence()
    {
        using var cli = new CliRun();
        Assert.StartsWith("error: There is no option '--cpus'. (usage)", (await cli.RunAsync("create", "--cpus", "900")).Errors);
        Assert.StartsWith("error: There is no command 'lss'. (usage)", (await cli.RunAsync("lss")).Errors);
    }

    [Fact]
    public async Task KeyList_OfATeam_AsksForItsKeys()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnJson("GET /v1/teams/acme/keys", new JsonObject { ["items"] = new JsonArray(new JsonObject { ["id"] = "key_1", ["name"] = "ci", ["createdAt"] = "2026-01-01T00:00:00Z" }) });
        using var cli = new CliRun(server);

        Assert.Contains("key_1", (await cli.RunAsync("key", "ls", "--team", "acme")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("ls", "--frobnicate")]
    [InlineData("create", "--memory", "lots")]
    [InlineData("create", "--timeout", "soon")]
    [InlineData("create", "--metadata", "novalue")]
    [InlineData("kill", "web", "notapid")]
    [InlineData("cp", "a", "b")]
    [InlineData("inspect", "..")]
    [InlineData("completion", "tcsh")]
    public async Task Anything_WrittenWrongly_ExitsTwo(params string[] args)
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync(args);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error: ", result.Errors);
    }

    [Fact]
    public async Task Error_WithControlCharacters_DoesNotReachTheTerminalRaw()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnProblem("POST /v1/sandboxes", 400, "invalid_request", "bad \e]0;title\a name");
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("create");

        Assert.DoesNotContain('\e', result.Errors);
    }

    [Fact]
    public void ExitCode_OfEveryServerCode_IsKnown()
    {
        var known = File.ReadLines(Path.Combine(Repository.Root, "src/Atoll.Core/Faults/FaultCode.cs"))
            .Select(line => line.Trim()).Where(line => line.EndsWith(',') && char.IsAsciiLetterUpper(line[0]))
            .Select(line => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(line.TrimEnd(',')));

        Assert.All(known.Where(code => code != "host_failure"), code => Assert.True(ExitCode.Of(code) != ExitCode.Other, $"{code} has no exit status of its kind"));
    }
}
