using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Testing;

namespace Atoll.Agent.Tests.Real;

public sealed class ProcessTests(AgentBox box) : IClassFixture<AgentBox>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_AfterTheEnd_GivesOutputAndStatus()
    {
        var started = (await box.Processes.StartAsync(AgentBox.Shell("echo one; echo two >&2; kill -USR1 $$"), Cancellation)).Value;
        var seen = await FollowAsync(started.Pid, 0);
        Assert.Equal("one\ntwo\n", seen.Text);
        Assert.Equal(new ExitStatus(128 + 10, 10, false), seen.Status);
        var info = (await box.Processes.GetAsync(ProcessRef.ByPid(started.Pid), Cancellation)).Value;
        Assert.Equal((0, 8, new ExitStatus(138, 10, false)), (info.OutputStart, info.OutputEnd, info.Status));
        Assert.NotNull(info.EndedAt);
        Assert.Equal("two\n", (await FollowAsync(started.Pid, 4)).Text);
    }

    [Fact]
    public async Task Follow_WithoutFollow_GivesWhatIsThere()
    {
        var started = (await box.Processes.StartAsync(AgentBox.Shell("echo here; sleep 100"), Cancellation)).Value;
        var process = ProcessRef.ByPid(started.Pid);
        await Eventually.HoldsAsync("it has written", async () => (await box.Processes.GetAsync(process, Cancellation)).Value.OutputEnd == 5, Cancellation);
        var seen = new List<ProcessEvent>();
        await foreach (var item in (await box.Processes.FollowAsync(process, 0, follow: false, pacing: false, Cancellation)).Value) seen.Add(item);
        Assert.Equal("here\n", Encoding.UTF8.GetString(Assert.IsType<OutputChunk>(Assert.Single(seen)).Bytes.Span));
        Assert.True((await box.Processes.SignalAsync(process, 15, group: true, Cancellation)).Succeeded);
        Assert.Equal(15, (await FollowAsync(started.Pid, 0)).Status!.Signal);
        Assert.Equal(FaultCode.ProcessEnded, (await box.Processes.SignalAsync(process, 15, group: true, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Follow_FarBehind_SaysWhatWasDroppedAndLosesNothingElse()
    {
        var spec = AgentBox.Shell("i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done") with { BacklogBytes = 8192 };
        var started = (await box.Processes.StartAsync(spec, Cancellation)).Value;
        await Eventually.HoldsAsync("it has ended", async () => (await box.Processes.GetAsync(ProcessRef.ByPid(started.Pid), Cancellation)).Value.Status is not null, Cancellation);
        var seen = await FollowAsync(started.Pid, 0);
        Assert.Equal(8192, seen.Text.Length);
        Assert.EndsWith("line-19999\n", seen.Text);
        Assert.Equal((0, seen.Total - 8192), (seen.DroppedFrom, seen.DroppedTo));
    }

    [Fact]
    public async Task Paced_TwoHundredMegabytes_LosesNothing()
    {
        const long Total = 200_000_000;
        var spec = AgentBox.Shell($"head -c {Total} /dev/zero") with { Paced = true, BacklogBytes = 65_536 };
        var started = (await box.Processes.StartAsync(spec, Cancellation)).Value;
        long received = 0;
        await foreach (var item in (await box.Processes.FollowAsync(ProcessRef.ByPid(started.Pid), 0, follow: true, pacing: true, Cancellation)).Value)
        {
            if (item is ProcessExited) break;
            var chunk = Assert.IsType<OutputChunk>(item);
            Assert.Equal(received, chunk.Offset);
            received = chunk.End;
        }

        Assert.Equal(Total, received);
    }

    [Fact]
    public async Task Follow_ManyFollowersOneStuck_DoNotSlowTheProcess()
    {
        var started = (await box.Processes.StartAsync(AgentBox.Shell("read go; head -c 30000000 /dev/zero; echo done") with { KeepStdinOpen = true, BacklogBytes = 16 * 1024 * 1024 }, Cancellation)).Value;
        var process = ProcessRef.ByPid(started.Pid);
        var stuck = (await box.Processes.FollowAsync(process, 0, follow: true, pacing: true, Cancellation)).Value;
        var followers = Enumerable.Range(0, 5).Select(_ => FollowAsync(started.Pid, 0)).ToArray();
        await box.Processes.WriteStdinAsync(process, 0, "go\n"u8.ToArray(), end: true, Cancellation);
        Assert.All(await Task.WhenAll(followers), seen => Assert.Equal(0, seen.Status!.Code));
        await using var enumerator = stuck.GetAsyncEnumerator(Cancellation);
        Assert.True(await enumerator.MoveNextAsync());
    }

    [Fact]
    public async Task WriteStdin_RepeatedAndGapped_IsNeitherDoubledNorTorn()
    {
        var started = (await box.Processes.StartAsync(AgentBox.Run("cat") with { KeepStdinOpen = true, Stdin = "ab"u8.ToArray() }, Cancellation)).Value;
        var process = ProcessRef.ByPid(started.Pid);
        Assert.Equal(4, (await box.Processes.WriteStdinAsync(process, 2, "cd"u8.ToArray(), end: false, Cancellation)).Value);
        Assert.Equal(6, (await box.Processes.WriteStdinAsync(process, 2, "cdef"u8.ToArray(), end: false, Cancellation)).Value);
        Assert.Equal(FaultCode.OffsetLost, (await box.Processes.WriteStdinAsync(process, 9, "x"u8.ToArray(), end: false, Cancellation)).Fault?.Code);
        Assert.Equal(8, (await box.Processes.WriteStdinAsync(process, null, "gh"u8.ToArray(), end: true, Cancellation)).Value);
        Assert.Equal("abcdefgh", (await FollowAsync(started.Pid, 0)).Text);
        Assert.Equal(FaultCode.ProcessEnded, (await box.Processes.WriteStdinAsync(process, null, "late"u8.ToArray(), end: false, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Tags_NewestIsMeant()
    {
        await box.Processes.StartAsync(AgentBox.Shell("echo old") with { Tag = "web" }, Cancellation);
        var newest = (await box.Processes.StartAsync(AgentBox.Shell("sleep 100") with { Tag = "web" }, Cancellation)).Value;
        Assert.Equal(newest.Pid, (await box.Processes.GetAsync(ProcessRef.ByTag("web"), Cancellation)).Value.Pid);
        Assert.Contains((await box.Processes.ListAsync(Cancellation)).Value, info => info.Pid == newest.Pid && info.Tag == "web" && info.Argv[^1] == "sleep 100");
        Assert.True((await box.Processes.SignalAsync(ProcessRef.ByTag("web"), 9, group: false, Cancellation)).Succeeded);
        Assert.Equal(FaultCode.ProcessNotFound, (await box.Processes.GetAsync(ProcessRef.ByTag("nothing"), Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.ProcessNotFound, (await box.Processes.GetAsync(ProcessRef.ByPid(1), Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Terminal_SizeResizeAndJobControl_Work()
    {
        var spec = AgentBox.Run("/bin/sh") with { Terminal = new TerminalSize(80, 24), User = "user" };
        var started = (await box.Processes.StartAsync(spec, Cancellation)).Value;
        var process = ProcessRef.ByPid(started.Pid);
        await TypeAsync(process, "stty size; tty; id -un\n");
        await UntilShownAsync(process, "24 80");
        Assert.True((await box.Processes.ResizeAsync(process, new TerminalSize(132, 50), Cancellation)).Succeeded);
        await TypeAsync(process, "stty size\n");
        await UntilShownAsync(process, "50 132");
        await TypeAsync(process, "sleep 6543\n");
        await TypeAsync(process, "\u0003");
        await TypeAsync(process, "echo inter$((1+1))rupted $?; exit 9\n");
        var seen = await FollowAsync(started.Pid, 0);
        Assert.Contains("inter2rupted 130", seen.Text);
        Assert.Contains("/dev/pts/", seen.Text);
        Assert.Equal(9, seen.Status!.Code);
        Assert.Equal(FaultCode.ProcessEnded, (await box.Processes.ResizeAsync(process, new TerminalSize(1, 1), Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Start_BadDescription_IsRefused()
    {
        var both = AgentBox.Run("true") with { ShellCommand = "true" };
        Assert.Equal(FaultCode.InvalidRequest, (await box.Processes.StartAsync(both, Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.InvalidRequest, (await box.Processes.StartAsync(AgentBox.Run("true") with { Terminal = new TerminalSize(0, 5000) }, Cancellation)).Fault?.Code);
        Assert.Equal(FaultCode.InvalidRequest, (await box.Processes.StartAsync(AgentBox.Run("a\0b"), Cancellation)).Fault?.Code);
    }

    private Task<Result<long>> TypeAsync(ProcessRef process, string text) => box.Processes.WriteStdinAsync(process, null, Encoding.UTF8.GetBytes(text), end: false, Cancellation);

    private Task UntilShownAsync(ProcessRef process, string text) => Eventually.HoldsAsync($"the terminal shows {text}", async () =>
    {
        var shown = new StringBuilder();
        await foreach (var item in (await box.Processes.FollowAsync(process, 0, follow: false, pacing: false, Cancellation)).Value)
        {
            if (item is OutputChunk chunk) shown.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        }

        return shown.ToString().Contains(text, StringComparison.Ordinal);
    }, Cancellation);

    private async Task<Followed> FollowAsync(int pid, long offset)
    {
        var seen = new Followed();
        await foreach (var item in (await box.Processes.FollowAsync(ProcessRef.ByPid(pid), offset, follow: true, pacing: false, Cancellation)).Value) seen.Add(item);
        return seen;
    }
}
