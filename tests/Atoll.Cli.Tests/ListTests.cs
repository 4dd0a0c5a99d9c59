using System.Text.Json.Nodes;
using Atoll.Cli.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace Atoll.Cli.Tests;

public sealed class ListTests
{
    [Fact]
    public async Task List_Plain_IsATable()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        var lines = (await cli.RunAsync("ls")).Output.Split('\n');

        Assert.StartsWith("NAME   ID ", lines[0]);
        Assert.StartsWith($"web    {FakeAtoll.Web}   running   gvisor      default    ", lines[1]);
        Assert.EndsWith("never     1.5   512 MiB", lines[1]);
    }

    [Fact]
    public async Task List_WithJson_HasEveryFieldOnOneLineEach()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        var lines = (await cli.RunAsync("ls", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal([FakeAtoll.Web, FakeAtoll.Db], lines.Select(line => (string?)JsonNode.Parse(line)!["id"]));
        Assert.True(JsonNode.Parse(lines[0])!.AsObject().ContainsKey("expiresAt"));
    }

    [Fact]
    public async Task List_SeveralPages_ShowsAll()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.On("GET /v1/sandboxes", http =>
        {
            var first = http.Request.Query["cursor"].Count == 0;
            var page = FakeAtoll.Items(FakeAtoll.Sandbox(first ? FakeAtoll.Web : FakeAtoll.Db));
            page["nextCursor"] = first ? "c1" : null;
            return http.Response.WriteAsJsonAsync(page);
        });
        using var cli = new CliRun(server);

        Assert.Equal($"{FakeAtoll.Web}\n{FakeAtoll.Db}\n", (await cli.RunAsync("ls", "-q")).Output);
    }

    [Fact]
    public async Task Remove_ByTheBeginningOfAnId_FindsIt()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("rm", FakeAtoll.Web[..^1]);

        Assert.Equal((0, FakeAtoll.Web + "\n"), (result.ExitCode, result.Output));
        Assert.Single(server.Bodies($"DELETE /v1/sandboxes/{FakeAtoll.Web}"));
    }

    [Fact]
    public async Task Remove_AnAmbiguousBeginning_IsRefused()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("rm", "s000");

        Assert.Equal(2, result.ExitCode);
        Assert.DoesNotContain(server.Requests, request => request.Route.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Remove_OneOfTwoMissing_RemovesTheOtherAndFails()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("rm", "nope", "web");

        Assert.Equal((4, FakeAtoll.Web + "\n"), (result.ExitCode, result.Output));
        Assert.Equal(0, (await cli.RunAsync("rm", "-f", "nope")).ExitCode);
    }

    [Fact]
    public async Task Events_FollowedOverAServerRestart_GoOnAfterTheLastAndEndWithWhatTheServerSays()
    {
        await using var server = await FakeAtoll.StartAsync();
        server.On("GET /v1/events", async http =>
        {
            var second = http.Request.Query["cursor"] == "1";
            http.Response.ContentType = "text/event-stream";
            var number = second ? 2 : 1;
            await http.Response.WriteAsync(
                $$"""id: {{number}}{{"\n"}}event: sandbox.running{{"\n"}}data: {"sequence":{{number}},"at":"2026-01-01T00:00:00Z","sandbox":"{{FakeAtoll.Web}}","type":"sandbox.running"}{{"\n\n"}}""");
            if (second) await http.Response.WriteAsync("event: error\ndata: {\"code\":\"sandbox_ended\",\"detail\":\"It ended.\"}\n\n");
        });
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("events", "-f", "--json");

        Assert.Equal([1, 2], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (int)JsonNode.Parse(line)!["sequence"]!));
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("It ended.", result.Errors);
    }
}
