using System.Text.Json.Nodes;
using Atoll.Cli.Tests.Fakes;

namespace Atoll.Cli.Tests;

public sealed class ConfigurationTests
{
    private const string Nowhere = "http://127.0.0.1:1";

    [Fact]
    public async Task List_NothingInTheEnvironment_UsesTheFile()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun();
        cli.WriteConfig(server.Url, FakeAtoll.Key);

        var result = await cli.RunAsync("ls", "-q");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal($"{FakeAtoll.Web}\n{FakeAtoll.Db}\n", result.Output);
    }

    [Fact]
    public async Task List_EnvironmentAndFile_EnvironmentHolds()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);
        cli.WriteConfig(Nowhere, "atoll_other");

        Assert.Equal(0, (await cli.RunAsync("ls")).ExitCode);
        Assert.Equal("Bearer " + FakeAtoll.Key, Assert.Single(server.Keys));
    }

    [Fact]
    public async Task List_UrlOption_HoldsBeforeTheEnvironment()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);
        cli.Environment["ATOLL_URL"] = Nowhere;

        Assert.Equal(0, (await cli.RunAsync("ls", "--url", server.Url)).ExitCode);
    }

    [Fact]
    public async Task List_FileReadableByOthers_Warns()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun();
        cli.WriteConfig(server.Url, FakeAtoll.Key, (UnixFileMode)0b110_100_100);

        var result = await cli.RunAsync("ls");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("chmod 600", result.Errors);
    }

    [Fact]
    public async Task List_BrokenFile_NamesIt()
    {
        using var cli = new CliRun();
        cli.WriteConfig("x", "y");
        File.WriteAllText(cli.ConfigPath, "{ not json");

        var result = await cli.RunAsync("ls");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(cli.ConfigPath, result.Errors);
    }

    [Fact]
    public async Task Login_WithAKeyOnStdin_KeepsItForItsOwnerAlone()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun();

        var result = await cli.RunAsync(System.Text.Encoding.ASCII.GetBytes(FakeAtoll.Key + "\n"), "login", "--url", server.Url);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(cli.ConfigPath));
        var kept = JsonNode.Parse(File.ReadAllText(cli.ConfigPath))!;
        Assert.Equal((server.Url, FakeAtoll.Key), ((string?)kept["url"], (string?)kept["apiKey"]));
        Assert.DoesNotContain(FakeAtoll.Key, result.Output);
        Assert.Equal(0, (await cli.RunAsync("ls")).ExitCode);
    }

    [Fact]
    public async Task Login_WithAWrongKey_KeepsNothing()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun();

        var result = await cli.RunAsync("wrong"u8.ToArray(), "login", "--url", server.Url);

        Assert.Equal(3, result.ExitCode);
        Assert.False(File.Exists(cli.ConfigPath));
    }
}
