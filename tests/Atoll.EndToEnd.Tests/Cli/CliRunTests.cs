using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.BadInput;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Cli;

/// <summary><c>atoll run</c>: a sandbox for one command.</summary>
public abstract class CliRunTests(BadInputServer server, string isolation) : SandboxSuite(server, isolation)
{
    private readonly string _label = RandomNumberGenerator.GetHexString(12, lowercase: true);

    private CliProgram Cli => new(Server.Real);

    private string[] Run(params string[] rest) => ["run", "--template", "minimal", "--isolation", Isolation, "--memory", "256m", "--metadata", $"test={_label}", .. rest];

    [Fact]
    public async Task Run_Command_PassesStreamsAndExitCodeAndRemovesTheSandbox()
    {
        var ran = await Cli.RunAsync(Run("--", "sh", "-c", "echo out; echo err >&2; exit 7"));
        Assert.True(ran.Code == 7, $"{ran.Code}: {ran.Error}");
        Assert.Equal("out\n", ran.Output);
        Assert.Equal("err\n", ran.Error);
        Assert.Equal(1, await CountAsync("deleted"));
        Assert.Equal(0, await CountAsync("creating,running,failed"));
    }

    [Fact]
    public async Task Run_TwentyMegabytesThroughCat_ComeBackByteForByte()
    {
        var bytes = RandomNumberGenerator.GetBytes(20_000_000);
        var ran = await Cli.RunAsync(bytes, Run("--", "cat"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.True(bytes.AsSpan().SequenceEqual(ran.Bytes), $"{ran.Bytes.Length} bytes came back, not the {bytes.Length} sent");
    }

    [Fact]
    public async Task Run_Timing_SaysHowLongItTook()
    {
        var ran = await Cli.RunAsync(Run("--timing", "--", "echo", "hello"));
        Assert.Equal("hello\n", ran.Succeeded());
        Assert.Matches(@"^created in \d+ ms, ran in \d+ ms\n$", ran.Error);
        var lines = (await Cli.RunAsync(Run("--timing", "--json", "--", "true"))).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal("timing", (string?)lines[^1]["type"]);
        Assert.True((double)lines[^1]["createMs"]! > 0 && (double)lines[^1]["execMs"]! > 0);
    }

    [Fact]
    public async Task Run_ProgramThatIsNotThere_Is127()
    {
        var ran = await Cli.RunAsync(Run("--", "/no/such/program"));
        Assert.True(ran.Code == 127, $"{ran.Code}: {ran.Error}");
        Assert.Contains("command_not_found", ran.Error, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("creating,running,failed"));
    }

    [Fact]
    public async Task Run_KilledBySignal_Is128AndTheSignal() => Assert.Equal(137, (await Cli.RunAsync(Run("--", "sh", "-c", "kill -9 $$"))).Code);

    [Theory]
    [InlineData("-INT", 130)]
    [InlineData("-TERM", 143)]
    public async Task Run_Interrupted_RemovesTheSandbox(string signal, int code)
    {
        using var process = Cli.Start(Run("--", "sh", "-c", "echo ready; exec sleep 600"));
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(Cancellation));
        await CliProgram.SignalAsync(process, signal);
        await process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal(code, process.ExitCode);
        await Eventually.HoldsAsync("the sandbox is removed", async () => await CountAsync("creating,running,failed") == 0 && await CountAsync("deleted") == 1, Cancellation);
    }

    /// <summary>Whatever stdin is, its end is told: nothing of these may wait for more.</summary>
    [Theory]
    [InlineData("shell", "</dev/null", 0)]
    [InlineData("shell", "<&-", 0)]
    [InlineData("exec -it", "</dev/null", 0, "bash")]
    [InlineData("exec -it", "</dev/null", 0, "sh -c 'sh; sh; exit 0'")]
    [InlineData("exec -i", "</dev/null", 0, "cat")]
    [InlineData("exec -i", "<&-", 0, "cat")]
    [InlineData("exec -i", "</", 0, "cat")]
    [InlineData("exec -i", "</etc/hostname", 0, "grep -q .")]
    public async Task StdinThatIsNoTerminal_AtItsEnd_EndsTheCommand(string verb, string stdin, int code, string program = "")
    {
        var rest = program.Length == 0 ? "" : $"-- {program.Replace("bash", "sh", StringComparison.Ordinal)}";
        using var process = System.Diagnostics.Process.Start(Cli.Info("sh", "-c", $"exec {CliProgram.Binary} {verb} {Sandbox} {rest} {stdin}"))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.True(process.ExitCode == code, $"{process.ExitCode}: {await output} {await error}");
        if (stdin == "</") Assert.Contains("Reading from stdin failed: Is a directory", await error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_UnderATerminal_IsOne()
    {
        Requires.Tool("script");
        var command = $"stty rows 31 cols 97; exec {CliProgram.Binary} shell {Sandbox}";
        using var process = System.Diagnostics.Process.Start(Cli.Info("script", "-q", "-e", "-c", command, "/dev/null"))!;
        var reading = process.StandardOutput.ReadToEndAsync(Cancellation);
        var input = process.StandardInput;
        input.AutoFlush = true;
        await input.WriteAsync("stty size; tty; sleep 7351\n");
        await Eventually.HoldsAsync("sleep runs in the shell", SleepsAsync, Cancellation);
        await input.WriteAsync("\u0003");

        // A terminal throws away what was typed before the interrupt was dealt with.
        await Eventually.HoldsAsync("sleep was interrupted", async () => !await SleepsAsync(), Cancellation);
        await input.WriteAsync("echo after-$?; exit 5\n");
        await process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        var seen = await reading;
        Assert.Contains("31 97", seen, StringComparison.Ordinal);
        Assert.Contains("/dev/pts/", seen, StringComparison.Ordinal);
        Assert.Contains("after-130", seen, StringComparison.Ordinal);
        Assert.True(process.ExitCode == 5, $"{process.ExitCode}: {seen}");
    }

    private async Task<bool> SleepsAsync() => (int)(await Api.ExecAsync(Sandbox, "ps | grep -q '[s]leep 7351'", Cancellation))["exitCode"]! == 0;

    private async Task<int> CountAsync(string states)
    {
        var listed = await Api.GetAsync($"/v1/sandboxes?state={states}&metadata.test={_label}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, listed.Status);
        return listed.Json!["items"]!.AsArray().Count;
    }

    public sealed class Container(BadInputServer server) : CliRunTests(server, "container");

    public sealed class GVisor(BadInputServer server) : CliRunTests(server, "gvisor");
}
