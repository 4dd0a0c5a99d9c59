using System.Collections.Immutable;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Testing;

namespace Atoll.Agent.Tests.Real;

public sealed class ExecTests(AgentBox box) : IClassFixture<AgentBox>
{
    private const int Most = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_ShellCommand_ReturnsBothStreamsAndCode()
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell("echo out; echo err >&2; exit 3"), Most, Cancellation)).Value;
        Assert.Equal(("out\n", "err\n"), (Text(result.Stdout), Text(result.Stderr)));
        Assert.Equal(new ExitStatus(3, null, false), result.Status);
        Assert.False(result.Truncated);
    }

    [Fact]
    public async Task Exec_MergedOutput_IsStdout()
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell("echo a; echo b >&2") with { MergeOutput = true }, Most, Cancellation)).Value;
        Assert.Equal(("a\nb\n", 0), (Text(result.Stdout), result.Stderr.Length));
    }

    /// <summary>Programs are uploaded and run at once while others are started: those have what is being written open for as long as they have not closed it.</summary>
    [Fact]
    public async Task Exec_OfWhatWasJustWritten_BesideOthers_Runs()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(async worker =>
        {
            List<string> wrong = [];
            for (var round = 0; round < 40; round++)
            {
                var path = $"/tmp/just-{worker}";
                await using var content = new MemoryStream(Encoding.UTF8.GetBytes($"#!/bin/sh\nexit {round}\n"));
                var written = await box.Guest.Files.WriteAsync(path, content, new(Parents: false, 0x1ED, null), Cancellation);
                if (written.Fault is { } unwritten) wrong.Add(unwritten.Detail);
                var run = await box.Processes.ExecAsync(AgentBox.Run(path), Most, Cancellation);
                if (run.Fault is { } fault) wrong.Add(fault.Detail);
                else if (run.Value.Status.Code != round) wrong.Add($"{round}: {run.Value.Status}");
            }

            return wrong;
        }));
        Assert.Empty(results.SelectMany(wrong => wrong));
    }

    [Fact]
    public async Task Exec_AsUser_HasGroupsHomeAndDirectory()
    {
        var spec = AgentBox.Shell("id -u; id -G; pwd; echo $HOME $USER $X; umask") with
        {
            User = "user",
            WorkingDirectory = "/home/user",
            Env = ImmutableDictionary<string, string>.Empty.Add("X", "y z"),
        };
        var result = (await box.Processes.ExecAsync(spec, Most, Cancellation)).Value;
        Assert.Equal("1000\n1000 4242\n/home/user\n/home/user user y z\n0022\n", Text(result.Stdout));
    }

    [Fact]
    public async Task Exec_NoInput_ReadsTheNullDevice() =>
        Assert.Equal("/dev/null\n0\n", Text((await box.Processes.ExecAsync(AgentBox.Shell("readlink /proc/self/fd/0; wc -c"), Most, Cancellation)).Value.Stdout));

    [Theory]
    [InlineData("12345", "12345:12345")]
    [InlineData("12345:7", "12345:7")]
    [InlineData("2147483647", "2147483647:2147483647")]
    public async Task Exec_NumericUser_NeedsNoEntry(string user, string expected)
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell("echo $(id -u):$(id -g)") with { User = user }, Most, Cancellation)).Value;
        Assert.Equal(expected + "\n", Text(result.Stdout));
    }

    [Theory]
    [InlineData("nobody-here")]
    [InlineData("4294967296")]
    [InlineData("2147483648")]
    [InlineData("-1")]
    public async Task Exec_UnknownUser_IsAFault(string user) =>
        Assert.Equal(FaultCode.UserNotFound, (await box.Processes.ExecAsync(AgentBox.Shell("id") with { User = user }, Most, Cancellation)).Fault?.Code);

    [Theory]
    [InlineData("no-such-program", FaultCode.CommandNotFound)]
    [InlineData("/etc/passwd", FaultCode.CommandNotExecutable)]
    [InlineData("/bin", FaultCode.CommandNotExecutable)]
    [InlineData("/bin/busybox/x", FaultCode.CommandNotFound)]
    public async Task Exec_BadProgram_SaysWhich(string program, FaultCode code) =>
        Assert.Equal(code, (await box.Processes.ExecAsync(AgentBox.Run(program), Most, Cancellation)).Fault?.Code);

    [Fact]
    public async Task Exec_NoSuchDirectory_IsAFault() =>
        Assert.Equal(FaultCode.WorkingDirectoryInvalid, (await box.Processes.ExecAsync(AgentBox.Run("true") with { WorkingDirectory = "/nowhere" }, Most, Cancellation)).Fault?.Code);

    [Fact]
    public async Task Exec_TenMegabytesOfEnvironment_IsTooLarge()
    {
        var env = ImmutableDictionary<string, string>.Empty.Add("BIG", new string('x', 10 * 1024 * 1024));
        Assert.Equal(FaultCode.TooLarge, (await box.Processes.ExecAsync(AgentBox.Run("true") with { Env = env }, Most, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Exec_SeventeenMegabytes_IsRequestTooLarge()
    {
        var env = ImmutableDictionary<string, string>.Empty.Add("BIG", new string('x', 17 * 1024 * 1024));
        Assert.Equal(FaultCode.RequestTooLarge, (await box.Processes.ExecAsync(AgentBox.Run("true") with { Env = env }, Most, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Exec_Stdin_IsReadToItsEnd()
    {
        var bytes = new byte[3_000_000];
        Random.Shared.NextBytes(bytes);
        var result = (await box.Processes.ExecAsync(AgentBox.Run("cat") with { Stdin = bytes }, 4 * Most, Cancellation)).Value;
        Assert.True(result.Stdout.Span.SequenceEqual(bytes));
    }

    [Fact]
    public async Task Exec_MoreOutputThanAsked_IsTruncatedAndRunsToItsEnd()
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell("head -c 20000000 /dev/zero; exit 7"), 1000, Cancellation)).Value;
        Assert.Equal((1000, true, 7), (result.Stdout.Length, result.Truncated, result.Status.Code));
    }

    [Fact]
    public async Task Exec_EndlessOutputWithoutNewline_EndsAtItsTimeLimit()
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell("cat /dev/zero") with { Timeout = TimeSpan.FromMilliseconds(500) }, 5000, Cancellation)).Value;
        Assert.True(result.Status.TimedOut);
        Assert.Equal(5000, result.Stdout.Length);
    }

    [Fact]
    public async Task Exec_IgnoringSigterm_IsKilledTwoSecondsAfterItsLimit()
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell("trap '' TERM; while true; do sleep 0.1; done") with { Timeout = TimeSpan.FromMilliseconds(300) }, Most, Cancellation)).Value;
        Assert.Equal(new ExitStatus(137, 9, true), result.Status);
        Assert.InRange(result.Duration.TotalSeconds, 2.0, 60);
    }

    [Fact]
    public async Task Exec_BackgroundProcessHoldsThePipe_DoesNotHang()
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell("sleep 4321 & echo started"), Most, Cancellation)).Value;
        Assert.Equal("started\n", Text(result.Stdout));
        Assert.InRange(result.Duration.TotalSeconds, 0, 60);
        Assert.True(await RunsAsync("sleep 4321"));
        await box.Processes.ExecAsync(AgentBox.Shell("pkill -f 'sleep 4321'"), Most, Cancellation);
    }

    [Fact]
    public async Task Exec_HostHangsUp_KillsTheGroupAndItsSession()
    {
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var exec = box.Processes.ExecAsync(AgentBox.Shell("setsid sleep 5432 & sleep 5433 & cat /dev/zero"), int.MaxValue, hangUp.Token);
        await Eventually.HoldsAsync("both children run", async () => await RunsAsync("sleep 5432") && await RunsAsync("sleep 5433"), Cancellation);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exec);
        await Eventually.HoldsAsync("all are killed", async () => !await RunsAsync("sleep 543") && !await RunsAsync("cat /dev/zero"), Cancellation);
    }

    [Fact]
    public async Task Exec_ScriptWithClosedStreams_EndsWithItsStatus() =>
        Assert.Equal(5, (await box.Processes.ExecAsync(AgentBox.Shell("exec >&- 2>&- <&-; sleep 0.2; exit 5"), Most, Cancellation)).Value.Status.Code);

    [Fact]
    public async Task Exec_Child_InheritsNothingOfTheAgent()
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell("ls -l /proc/self/fd | grep -v /proc/ | wc -l; ulimit -n; cat /proc/self/status | grep -E '^Sig(Blk|Ign)'; cat /proc/self/oom_score_adj"), Most, Cancellation)).Value;
        var lines = Text(result.Stdout).Split('\n');
        Assert.InRange(int.Parse(lines[0]), 3, 5);
        Assert.Equal("SigBlk:\t0000000000000000", lines[2]);
        Assert.Equal("SigIgn:\t0000000000000000", lines[3]);
        Assert.InRange(int.Parse(lines[4]), 0, 1000);
    }

    [Theory]
    [InlineData("kill -9 1; kill -TERM 1; kill -SEGV 1; kill -ABRT 1; kill -INT 1; kill -HUP 1; kill -USR1 1; kill -CHLD 1; kill -STOP 1; echo alive")]
    [InlineData("for i in 1 2 3; do kill -FPE 1; kill -ILL 1; kill -BUS 1; kill -QUIT 1; kill -TRAP 1; kill -SYS 1; kill -34 1; kill -64 1; done; echo alive")]
    public async Task Agent_SignalledFromInside_LivesOn(string command)
    {
        Assert.Equal("alive\n", Text((await box.Processes.ExecAsync(AgentBox.Shell(command), Most, Cancellation)).Value.Stdout));
        Assert.Equal("yes\n", Text((await box.Processes.ExecAsync(AgentBox.Run("echo", "yes"), Most, Cancellation)).Value.Stdout));
    }

    [Fact]
    public async Task Agent_ThreeHundredOrphans_AreReaped()
    {
        await box.Processes.ExecAsync(AgentBox.Shell("for i in $(seq 300); do (true &) ; done"), Most, Cancellation);
        await Eventually.HoldsAsync("no zombie is left", async () => Text((await box.Processes.ExecAsync(AgentBox.Shell("cat /proc/[0-9]*/stat | grep -c ') Z '"), Most, Cancellation)).Value.Stdout) == "0\n", Cancellation);
    }

    [Fact]
    public async Task Agent_DoubleForkedDaemon_IsReapedWhenItEnds()
    {
        await box.Processes.ExecAsync(AgentBox.Shell("setsid sh -c '(sleep 0.3; exit 9) &'"), Most, Cancellation);
        await Eventually.HoldsAsync("it is gone", async () => !await RunsAsync("sleep 0.3"), Cancellation);
        await Eventually.HoldsAsync("no zombie is left", async () => Text((await box.Processes.ExecAsync(AgentBox.Shell("cat /proc/[0-9]*/stat | grep -c ') Z '"), Most, Cancellation)).Value.Stdout) == "0\n", Cancellation);
    }

    [Fact]
    public async Task Exec_FiftyAtOnce_AllAnswer()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => box.Processes.ExecAsync(AgentBox.Shell($"echo {number}; exit {number}"), Most, Cancellation)));
        Assert.All(all.Select((result, number) => (result.Value, number)), pair => Assert.Equal((pair.number, $"{pair.number}\n"), (pair.Value.Status.Code, Text(pair.Value.Stdout))));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private async Task<bool> RunsAsync(string commandLine)
    {
        var result = (await box.Processes.ExecAsync(AgentBox.Shell($"ps -o args | grep -F '{commandLine}' | grep -v grep | grep -v 'sh -c' | wc -l"), Most, Cancellation)).Value;
        return Text(result.Stdout).Trim() != "0";
    }
}
