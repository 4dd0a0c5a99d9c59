using System.Text;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Cli;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Code;

/// <summary><c>atoll code</c>.</summary>
public sealed class CliCodeTests(CodeServer server, CodeSandbox shared) : IClassFixture<CodeSandbox>, IAsyncLifetime
{
    private string _id = "";

    private CliProgram Cli => new(server.Real);

    public async ValueTask InitializeAsync()
    {
        Requires.Tool("runc");
        (await server.ReadyAsync(TestContext.Current.CancellationToken)).Dispose();
        _id = await shared.ReadyAsync(server, "container", TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Code_TwiceAndFromStdin_PrintsOutputAndResults()
    {
        Assert.Equal((0, "out\n20\n"), await RunAsync("code", _id, "-c", "x = 20\nprint('out')\nx"));
        Assert.Equal((0, "21\n"), await RunAsync("code", _id, "-c", "x + 1"));
        var piped = await Cli.RunAsync(Encoding.UTF8.GetBytes("echo $((6 * 7)); echo err >&2\n"), ["code", _id, "-l", "bash"]);
        Assert.Equal((0, "42\n", "err\n"), (piped.Code, piped.Output, piped.Error));
    }

    [Fact]
    public async Task Code_ThatFails_IsTracedOnStderrAndExitsWith1()
    {
        var failed = await Cli.RunAsync("code", _id, "-c", "print('before')\n1 / 0");
        Assert.Equal((1, "before\n"), (failed.Code, failed.Output));
        Assert.Contains("ZeroDivisionError: division by zero", failed.Error);
        Assert.Equal(4, (await Cli.RunAsync("code", _id, "--context", "none", "-c", "1")).Code);
    }

    [Fact]
    public async Task Code_FileWithAPicture_IsRunInItsLanguageAndThePictureSaved()
    {
        var folder = Directory.CreateTempSubdirectory("atoll-code-");
        try
        {
            var file = Path.Combine(folder.FullName, "show.mjs");
            await File.WriteAllTextAsync(file, "await display({ 'image/png': Buffer.from([1, 2, 3]) }, { raw: true })", TestContext.Current.CancellationToken);
            var picture = Path.Combine(folder.FullName, "out", "result-1.png");
            Assert.Equal((0, picture + "\n"), await RunAsync("code", _id, file, "--save", Path.Combine(folder.FullName, "out")));
            Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(picture, TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Code_AsJson_IsOneEventALine()
    {
        var (code, output) = await RunAsync("--json", "code", _id, "-c", "print(1)\n{'a': [1]}");
        var events = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal((0, 4), (code, events.Count));
        Assert.Equal(("python", "1\n", "[1]", false), (
            (string)events[0]["start"]!["language"]!, (string)events[1]["stdout"]!, events[2]["result"]!["json"]!["a"]!.ToJsonString(), (bool)events[3]["end"]!["truncated"]!));
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var ran = await Cli.RunAsync(arguments);
        Assert.True(ran.Code == 0, ran.Error);
        return (ran.Code, ran.Output);
    }
}
