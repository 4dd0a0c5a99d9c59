using System.Diagnostics;
using System.Text.Json.Nodes;
using Atoll.Cli.Tests.Fakes;
using Atoll.Cli.Tests.Terminals;
using Atoll.Testing;

namespace Atoll.Cli.Tests;

public sealed class ShellTests
{
    private const string Processes = $"POST /v1/sandboxes/{FakeAtoll.Web}/processes";

    [Fact]
    public async Task Shell_InATerminal_IsRawWhileItLastsAndPassesCtrlCOn()
    {
        await using var server = await FakeAtoll.StartAsync();
        var keys = new TaskCompletionSource<byte[]>();
        FakeAttachment.Serve(server, FakeAtoll.Web, async (client, _) =>
        {
            await client.AttachedAsync();
            await client.OutputAsync(4, 0, "prompt$ "u8);
            if (await client.ReceiveAsync() is { } typed) keys.TrySetResult(typed[9..]);
            await client.ExitAsync(5);
        });
        using var cli = new CliRun(server);
        using var terminal = new PseudoTerminal();
        var before = terminal.Settings();

        using var shell = terminal.Start(cli.Environment, CliRun.Program, "shell", "web");
        await SeenAsync(terminal, "prompt$ ");
        Assert.NotEqual(before, terminal.Settings());
        terminal.Type([3]);

        Assert.Equal([3], await keys.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Equal(5, await ExitAsync(shell));
        Assert.Equal(before, terminal.Settings());
        Assert.Empty(server.Bodies($"{Processes}/42/signal"));
    }

    [Fact]
    public async Task Shell_TerminalChangesSize_TellsTheProcess()
    {
        await using var server = await FakeAtoll.StartAsync();
        var resized = new TaskCompletionSource();
        server.On($"{Processes}/42/resize", http =>
        {
            resized.TrySetResult();
            http.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        FakeAttachment.Serve(server, FakeAtoll.Web, async (client, _) =>
        {
            await client.AttachedAsync();
            await client.OutputAsync(4, 0, "prompt$ "u8);
            await resized.Task;
            await client.ExitAsync(0);
        });
        using var cli = new CliRun(server);
        using var terminal = new PseudoTerminal();

        using var shell = terminal.Start(cli.Environment, CliRun.Program, "shell", "web");
        await SeenAsync(terminal, "prompt$ ");
        terminal.Resize(132, 50);

        Assert.Equal(0, await ExitAsync(shell));
        var asked = JsonNode.Parse(server.Bodies(Processes).Single())!;
        Assert.Equal((100, 30, "xterm"), ((int)asked["pty"]!["cols"]!, (int)asked["pty"]!["rows"]!, (string?)asked["env"]!["TERM"]));
        var size = JsonNode.Parse(server.Bodies($"{Processes}/42/resize").Last())!;
        Assert.Equal((132, 50), ((int)size["cols"]!, (int)size["rows"]!));
    }

    [Fact]
    public async Task Shell_KilledBySigterm_RestoresTheTerminalAndRemovesItsSandbox()
    {
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Made, async (client, _) =>
        {
            await client.AttachedAsync();
            await client.OutputAsync(4, 0, "prompt$ "u8);
            while (await client.ReceiveAsync() is not null) continue;
        });
        using var cli = new CliRun(server);
        using var terminal = new PseudoTerminal();
        var before = terminal.Settings();

        // The shell prints its pid before it becomes the program.
        using var shell = terminal.Start(cli.Environment, "sh", "-c", "echo pid=$$.; exec \"$0\" shell", CliRun.Program);
        await SeenAsync(terminal, "prompt$ ");
        var pid = terminal.Seen[(terminal.Seen.IndexOf("pid=", StringComparison.Ordinal) + 4)..].Split('.')[0];
        using (var kill = Process.Start("kill", ["-TERM", pid])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(143, await ExitAsync(shell));
        Assert.Equal(before, terminal.Settings());
        Assert.Single(server.Bodies($"DELETE /v1/sandboxes/{FakeAtoll.Made}"));
    }

    [Fact]
    public async Task Shell_ConnectionBreaks_GoesOnWhereItWas()
    {
        await using var server = await FakeAtoll.StartAsync();
        FakeAttachment.Serve(server, FakeAtoll.Web, async (client, attempt) =>
        {
            await client.AttachedAsync();
            if (attempt == 1)
            {
                await client.OutputAsync(4, 0, "before "u8);
                await client.ReceiveAsync();
                client.Cut();
                return;
            }

            await client.OutputAsync(4, client.Offset, "after"u8);
            await client.ExitAsync(0);
        });
        using var cli = new CliRun(server);
        using var terminal = new PseudoTerminal();

        using var shell = terminal.Start(cli.Environment, CliRun.Program, "shell", "web");
        await SeenAsync(terminal, "before ");
        terminal.Type("x"u8);

        Assert.Equal(0, await ExitAsync(shell));
        await SeenAsync(terminal, "before after");
    }

    private static Task SeenAsync(PseudoTerminal terminal, string text) =>
        Eventually.HoldsAsync($"the terminal showed '{text}'", () => terminal.Seen.Contains(text, StringComparison.Ordinal), TestContext.Current.CancellationToken, TimeSpan.FromSeconds(40));

    private static async Task<int> ExitAsync(Process process)
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
