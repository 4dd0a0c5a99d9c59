using Atoll.Cli.Commands;
using Atoll.Cli.Help;

namespace Atoll.Cli.Tests;

public sealed class HelpTests
{
    private const string Marker = "<!-- from here on: printed by the program, checked by HelpTests (ATOLL_UPDATE_GOLDEN=1 writes it) -->\n\n";

    [Fact]
    public void Document_OfEveryCommand_IsAsPrinted()
    {
        var path = Path.Combine(Repository.Root, "docs/cli.md");
        var written = File.ReadAllText(path);
        var head = written[..(written.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)];
        var expected = head + CliDocument.Reference(CommandTree.Build());
        if (Environment.GetEnvironmentVariable("ATOLL_UPDATE_GOLDEN") == "1") File.WriteAllText(path, expected);
        else Assert.Equal(expected, written);
    }

    [Fact]
    public async Task Help_OfACommand_GoesToStdout()
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync("run", "--help");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("atoll run -- python3 -c 'print(1)'", result.Output);
    }

    [Fact]
    public async Task Version_Option_IsOneLine()
    {
        using var cli = new CliRun();

        Assert.Matches(@"^atoll \d+\.\d+\.\d+\S*\n$", (await cli.RunAsync("--version")).Output);
    }

    [Fact]
    public async Task Suggest_HalfACommand_CompletesIt()
    {
        using var cli = new CliRun();

        Assert.Contains("inspect", (await cli.RunAsync("[suggest:9]", "atoll ins")).Output);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Completion_OfAShell_AsksTheProgram(string shell)
    {
        using var cli = new CliRun();

        Assert.Contains("[suggest:", (await cli.RunAsync("completion", shell)).Output);
    }
}
