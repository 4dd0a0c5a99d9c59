using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Cli.Tests.Fakes;

namespace Atoll.Cli.Tests;

public sealed class RunTests
{
    private const string Removal = $"DELETE /v1/sandboxes/{FakeAtoll.Made}";

    [Fact]
    public async Task Run_CommandEnds_PassesOnBothStreamsAndItsStatusAndRemoves()
    {
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, _) =>
        {
            await client.AttachedAsync();
            await client.OutputAsync(1, 0, "out"u8);
            await client.OutputAsync(2, 3, "err"u8);
            await client.OutputAsync(1, 6, "\xFF"u8);
            await client.ExitAsync(7);
        });
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("run", "--memory", "2g", "--timeout", "15m", "-e", "A=b=c", "--", "ls", "-l", "--json", "@file");

        Assert.Equal((7, "err"), (result.ExitCode, result.Errors));
        Assert.Equal([.. "out"u8, .. "\xFF"u8], result.Bytes);
        Assert.Single(server.Bodies(Removal));
        var asked = JsonNode.Parse(server.Bodies("POST /v1/sandboxes").Single())!;
        Assert.Equal(2048, (long)asked["memoryMiB"]!);
        Assert.Equal(900, (double)asked["lifecycle"]!["timeoutSeconds"]!);
        Assert.Equal("b=c", (string?)asked["env"]!["A"]);
        var started = JsonNode.Parse(server.Bodies($"POST /v1/sandboxes/{FakeAtoll.Made}/processes").Single())!;
        Assert.Equal(["ls", "-l", "--json", "@file"], started["argv"]!.AsArray().Select(word => (string?)word));
        Assert.True((bool)started["paced"]!);
    }

    [Fact]
    public async Task Run_HundredMegabytes_ArriveWhole()
    {
        const int chunk = 256 * 1024, chunks = 400;
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, _) =>
        {
            Assert.True(client.Pacing);
            await client.AttachedAsync();
            var bytes = new byte[chunk];
            for (var n = 0; n < chunks; n++)
            {
                bytes.AsSpan().Fill((byte)n);
                await client.OutputAsync(1, (long)n * chunk, bytes);
            }

            await client.ExitAsync(0);
        });
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("run", "--", "big");

        Assert.Equal((0, chunk * chunks), (result.ExitCode, result.Bytes.Length));
        Assert.All(Enumerable.Range(0, chunks), n => Assert.Equal(-1, result.Bytes.AsSpan(n * chunk, chunk).IndexOfAnyExcept((byte)n)));
    }

    [Fact]
    public async Task Run_ConnectionBreaks_GoesOnAtTheOffsetReached()
    {
        await using var server = await FakeAtoll.StartAsync();
        var offsets = new List<long>();
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, attempt) =>
        {
            lock (offsets) offsets.Add(client.Offset);
            await client.AttachedAsync();
            if (attempt == 1)
            {
                await client.OutputAsync(1, 0, "hello "u8);
                await client.ReceiveAsync();
                client.Cut();
                return;
            }

            // One byte more than was missed: it must not come twice.
            await client.OutputAsync(1, client.Offset - 1, " world"u8);
            await client.ExitAsync(0);
        });
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("run", "--", "greet");

        Assert.Equal((0, "hello world"), (result.ExitCode, result.Output));
        Assert.Equal([0, 6], offsets);
    }

    [Fact]
    public async Task Run_StdinFromAPipe_ArrivesWholeThenEnds()
    {
        var sent = new byte[3_000_000];
        new Random(1).NextBytes(sent);
        byte[]? got = null;
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, _) =>
        {
            await client.AttachedAsync();
            got = await client.TakeStdinAsync();
            await client.ExitAsync(0);
        });
        using var cli = new CliRun(server);

        Assert.Equal(0, (await cli.RunAsync(sent, "run", "--", "cat")).ExitCode);
        Assert.Equal(sent, got);
    }

    [Fact]
    public async Task Run_ConnectionBreaksBeforeStdinWasTaken_SendsItAgain()
    {
        await using var server = await FakeAtoll.StartAsync();
        byte[]? got = null;
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, attempt) =>
        {
            await client.AttachedAsync();
            if (attempt == 1)
            {
                await client.ReceiveAsync();
                client.Cut();
                return;
            }

            got = await client.TakeStdinAsync();
            await client.ExitAsync(0);
        });
        using var cli = new CliRun(server);

        Assert.Equal(0, (await cli.RunAsync("precious"u8.ToArray(), "run", "--", "cat")).ExitCode);
        Assert.Equal("precious", Encoding.UTF8.GetString(got!));
    }

    [Fact]
    public async Task Run_CtrlC_GoesToTheProcessFirst()
    {
        await using var server = await FakeAtoll.StartAsync();
        var signalled = new TaskCompletionSource();
        server.On($"POST /v1/sandboxes/{FakeAtoll.Made}/processes/42/signal", http =>
        {
            signalled.TrySetResult();
            http.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, _) =>
        {
            await client.AttachedAsync();
            await client.OutputAsync(1, 0, "ready"u8);
            await signalled.Task;
            await client.ExitAsync(130);
        });
        using var cli = new CliRun(server);

        using var process = cli.Start("run", "--", "sleep", "1000");
        await ReadyAsync(process);
        await SignalAsync(process, "INT");
        var result = await CliRun.EndAsync(process);

        Assert.Equal(130, result.ExitCode);
        Assert.Contains("SIGINT", Assert.Single(server.Bodies($"POST /v1/sandboxes/{FakeAtoll.Made}/processes/42/signal")));
        Assert.Single(server.Bodies(Removal));
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task Run_ToldToEnd_RemovesTheSandbox(string signal, int exit)
    {
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, _) =>
        {
            await client.AttachedAsync();
            await client.OutputAsync(1, 0, "ready"u8);
            while (await client.ReceiveAsync() is not null) continue;
        });
        using var cli = new CliRun(server);

        using var process = cli.Start("run", "--", "sleep", "1000");
        await ReadyAsync(process);
        await SignalAsync(process, signal);
        var result = await CliRun.EndAsync(process);

        Assert.Equal(exit, result.ExitCode);
        Assert.Single(server.Bodies(Removal));
    }

    [Fact]
    public async Task Run_ToldToEndWhileCreating_RemovesWhatWasCreated()
    {
        await using var server = await FakeAtoll.StartAsync();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        server.On("POST /v1/sandboxes", async http =>
        {
            asked.SetResult();
            await answer.Task;
            http.Response.StatusCode = 201;
            http.Response.ContentType = "application/json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, FakeAtoll.Sandbox(FakeAtoll.Made).ToJsonString());
        });
        using var cli = new CliRun(server);

        using var process = cli.Start("run", "--", "true");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await SignalAsync(process, "TERM");
        answer.SetResult();
        var result = await CliRun.EndAsync(process);

        Assert.Equal(143, result.ExitCode);
        Assert.Single(server.Bodies(Removal));
    }

    [Fact]
    public async Task Run_NobodyReadsItsOutput_EndsAndRemoves()
    {
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, _) =>
        {
            await client.AttachedAsync();
            var bytes = new byte[64 * 1024];
            for (long n = 0; n < 1000; n++) await client.OutputAsync(1, n * bytes.Length, bytes);
            while (await client.ReceiveAsync() is not null) continue;
        });
        using var cli = new CliRun(server);

        using var process = cli.Start("run", "--", "yes");
        process.StandardOutput.BaseStream.ReadByte();
        process.StandardOutput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(141, process.ExitCode);
        Assert.Single(server.Bodies(Removal));
    }

    [Theory]
    [InlineData("command_not_found", 127)]
    [InlineData("command_not_executable", 126)]
    [InlineData("user_not_found", 125)]
    public async Task Run_CommandCannotBeRun_ExitsAsShellsDo(string code, int exit)
    {
        await using var server = await FakeAtoll.StartAsync();
        server.OnProblem($"POST /v1/sandboxes/{FakeAtoll.Made}/processes", 422, code, "No.");
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("run", "--", "nope");

        Assert.Equal(exit, result.ExitCode);
        Assert.Contains($"sandbox: {FakeAtoll.Made}", result.Errors);
        Assert.Single(server.Bodies(Removal));
    }

    [Fact]
    public async Task Run_OutputWasLost_SaysSoAndDoesNotSucceed()
    {
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, _) =>
        {
            await client.AttachedAsync();
            await client.ControlAsync("""{"type":"dropped","from":0,"to":4096}""");
            await client.OutputAsync(1, 4096, "end"u8);
            await client.ExitAsync(0);
        });
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("run", "--", "x");

        Assert.Equal((125, "end"), (result.ExitCode, result.Output));
        Assert.Contains("4096 bytes", result.Errors);
    }

    [Fact]
    public async Task Exec_SandboxEndsMeanwhile_SaysWhy()
    {
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Web, async (client, _) =>
        {
            await client.AttachedAsync();
            await client.ControlAsync("""{"type":"error","problem":{"code":"sandbox_ended","detail":"It ended: timeout."}}""");
            await client.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.EndpointUnavailable);
        });
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("exec", "web", "sleep", "9");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("It ended: timeout. (sandbox_ended)", result.Errors);
    }

    [Fact]
    public async Task Exec_WithJson_WritesOneObjectALine()
    {
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Web, async (client, _) =>
        {
            await client.AttachedAsync();
            var euro = "€"u8.ToArray();
            await client.OutputAsync(1, 0, euro.AsSpan(0, 2));
            await client.OutputAsync(1, 2, euro.AsSpan(2));
            await client.ExitAsync(3);
        });
        using var cli = new CliRun(server);

        var result = await cli.RunAsync("exec", "--json", FakeAtoll.Web, "--", "x");

        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["started", "stdout", "stdout", "exit"], lines.Select(line => (string?)line["type"]));
        Assert.Equal("€", string.Concat(lines.Select(line => (string?)line["data"])));
    }

    [Fact]
    public async Task Exec_Detached_PrintsThePid()
    {
        await using var server = await FakeAtoll.StartAsync();
        using var cli = new CliRun(server);

        Assert.Equal("42\n", (await cli.RunAsync("exec", "-d", "web", "--", "serve")).Output);
    }

    private static async Task ReadyAsync(Process process)
    {
        var buffer = new byte[5];
        await process.StandardOutput.BaseStream.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal("ready"u8, buffer);
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
