using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.BadInput;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Cli;

/// <summary>Every other command, for people and with <c>--json</c> for programs, against a real server.</summary>
public sealed class CliCommandTests(BadInputServer server) : SandboxSuite(server, "container")
{
    private CliProgram Cli => new(Server.Real);

    [Fact]
    public async Task CreateToRemove_ForPeople_EachSaysWhatItDid()
    {
        var id = (await Cli.RunAsync("create", "--template", "minimal", "--isolation", "container", "--name", "cli-people", "--memory", "256m")).Succeeded().Trim();
        Assert.Contains("cli-people", (await Cli.RunAsync("ls")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains(id, (await Cli.RunAsync("ls", "-q")).Succeeded(), StringComparison.Ordinal);
        Assert.Matches("(?m)^state +running$", (await Cli.RunAsync("inspect", "cli-people")).Succeeded());
        Assert.Equal("hello\n", (await Cli.RunAsync("exec", "cli-people", "--", "echo", "hello")).Succeeded());
        var pid = (await Cli.RunAsync("exec", "-d", "cli-people", "--", "sleep", "600")).Succeeded().Trim();
        Assert.Matches($"(?m)^{pid} .*sleep 600", (await Cli.RunAsync("ps", "cli-people")).Succeeded());
        (await Cli.RunAsync("kill", "-s", "KILL", "cli-people", pid)).Succeeded();
        await Eventually.HoldsAsync("ps shows no process", async () => !(await Cli.RunAsync("ps", "cli-people")).Succeeded().Contains("sleep 600", StringComparison.Ordinal), Cancellation);
        Assert.NotEmpty((await Cli.RunAsync("logs", "cli-people")).Succeeded());
        Assert.Equal(id, (await Cli.RunAsync("rm", "cli-people")).Succeeded().Trim());
        Assert.DoesNotContain(id, (await Cli.RunAsync("ls", "-q")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("killed_by_user", (await Cli.RunAsync("events", id)).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(125, (await Cli.RunAsync("exec", id, "--", "true")).Code);
    }

    [Fact]
    public async Task CreateToRemove_Json_EachLineIsAnObject()
    {
        var id = (string)One(await Cli.RunAsync("create", "--json", "--template", "minimal", "--isolation", "container", "--memory", "256m"))["id"]!;
        Assert.Contains(Lines(await Cli.RunAsync("ls", "--json")), line => (string?)line["id"] == id);
        Assert.Equal("running", (string?)JsonNode.Parse((await Cli.RunAsync("inspect", id, "--json")).Succeeded())!["state"]);
        var exec = Lines(await Cli.RunAsync("exec", "--json", id, "--", "echo", "hello"));
        Assert.Equal("started", (string?)exec[0]["type"]);
        Assert.Equal("hello\n", string.Concat(exec.Where(line => (string?)line["type"] == "stdout").Select(line => (string?)line["data"])));
        Assert.Equal(0, (int?)exec[^1]["exitCode"]);
        var pid = (int)One(await Cli.RunAsync("exec", "-d", "--json", id, "--", "sleep", "600"))["pid"]!;
        Assert.Contains(Lines(await Cli.RunAsync("ps", id, "--json")), line => (int?)line["pid"] == pid);
        Assert.Equal(pid, (int?)One(await Cli.RunAsync("kill", id, "--json", $"{pid}"))["pid"]);
        Assert.NotEmpty(Lines(await Cli.RunAsync("logs", id, "--json")));
        Assert.True((bool)One(await Cli.RunAsync("rm", id, "--json"))["removed"]!);
        Assert.NotEmpty(Lines(await Cli.RunAsync("events", id, "--json")));
    }

    [Fact]
    public async Task SleepAndWake_SeveralAtOnce_EachIsToldAndACallWakes()
    {
        var ids = new List<string>();
        foreach (var name in (string[])["cli-sleeps", "cli-rests"])
            ids.Add((await Cli.RunAsync("create", "--template", "minimal", "--isolation", "container", "--memory", "256m", "--name", name, "--idle", "1h", "--on-idle", "pause", "--on-timeout", "stop")).Succeeded().Trim());
        Assert.Equal(ids, (await Cli.RunAsync("stop", "cli-sleeps", "cli-rests")).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var listed = (await Cli.RunAsync("ls", "-q", "--state", "stopped")).Succeeded();
        Assert.All(ids, id => Assert.Contains(id, listed, StringComparison.Ordinal));
        Assert.Equal("running", (string?)One(await Cli.RunAsync("start", "--json", "cli-sleeps"))["state"]);
        Assert.Equal("paused", (string?)One(await Cli.RunAsync("pause", "--json", ids[0]))["state"]);
        var failed = await Cli.RunAsync("pause", "cli-rests", "no-such", ids[0]);
        Assert.Equal(5, failed.Code);
        Assert.Equal(ids[0], failed.Output.Trim());
        Assert.Equal("hello\n", (await Cli.RunAsync("exec", "cli-sleeps", "--", "echo", "hello")).Succeeded());
        Assert.Equal("hello\n", (await Cli.RunAsync("exec", "cli-rests", "--", "echo", "hello")).Succeeded());
        (await Cli.RunAsync("pause", "cli-rests")).Succeeded();
        Assert.Equal("running", (string?)One(await Cli.RunAsync("wake", "--json", "cli-rests"))["state"]);
        (await Cli.RunAsync("rm", "cli-sleeps", "cli-rests")).Succeeded();
    }

    [Fact]
    public async Task Key_CreatedAndTakenBack_OpensAndOpensNothing()
    {
        var key = One(await Cli.RunAsync("key", "create", "ci", "--json"));
        var with = new CliProgram(Server.Real) { Environment = { ["ATOLL_API_KEY"] = (string)key["key"]!, ["ATOLL_URL"] = Server.Real.Url } };
        (await with.RunAsync("ls")).Succeeded();
        var id = (string)key["id"]!;
        Assert.Contains(id, (await Cli.RunAsync("key", "ls")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains(Lines(await Cli.RunAsync("key", "ls", "--json")), line => (string?)line["id"] == id);
        (await Cli.RunAsync("key", "rm", id)).Succeeded();
        Assert.Equal(3, (await with.RunAsync("ls")).Code);
        Assert.StartsWith("atoll_", (await Cli.RunAsync("key", "create", "shown")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InfoAndDoctor_BothForms_Answer()
    {
        Assert.Contains("gvisor", (await Cli.RunAsync("info")).Succeeded(), StringComparison.Ordinal);
        Assert.NotNull(One(await Cli.RunAsync("info", "--json"))["isolation"]);
        var doctor = await Cli.RunAsync("doctor");
        Assert.True(doctor.Code is 0 or 1 && doctor.Output.Contains("CHECK", StringComparison.Ordinal), doctor.Output + doctor.Error);
        var checks = JsonNode.Parse((await Cli.RunAsync("doctor", "--json")).Output)!["checks"]!.AsArray();
        Assert.All(checks, check => Assert.Contains((string?)check!["status"], (string?[])["ok", "warn", "missing"]));
    }

    [Fact]
    public async Task AnyCommand_NoServer_SaysSoWithItsOwnStatus()
    {
        var cli = new CliProgram(Server.Real) { Environment = { ["ATOLL_URL"] = "http://127.0.0.1:9" } };
        foreach (var command in (string[][])[["ls"], ["create"], ["info"], ["inspect", "web"]])
        {
            var failed = await cli.RunAsync(command);
            Assert.True(failed.Code == 7, $"{command[0]}: {failed.Code}: {failed.Error}");
            Assert.Contains("http://127.0.0.1:9", failed.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", failed.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AnyCommand_WrongKeyOrId_HasItsOwnStatusAndCode()
    {
        var cli = new CliProgram(Server.Real) { Environment = { ["ATOLL_URL"] = Server.Real.Url, ["ATOLL_API_KEY"] = "atoll_" + new string('x', 43) } };
        var failed = await cli.RunAsync("ls", "--json");
        Assert.Equal(3, failed.Code);
        Assert.Contains("unauthenticated", failed.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await Cli.RunAsync("inspect", "no-such-sandbox")).Code);
        Assert.Equal(4, (await Cli.RunAsync("create", "--template", "no-such-template")).Code);
        Assert.Equal(2, (await Cli.RunAsync("create", "--cpu", "-1")).Code);
        Assert.Equal(2, (await Cli.RunAsync("no-such-command")).Code);
    }

    private static JsonNode One(CliResult result) => Assert.Single(Lines(result));

    private static List<JsonNode> Lines(CliResult result) => [.. result.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
}
