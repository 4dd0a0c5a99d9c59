using System.Diagnostics;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Native;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Tests.Isolation;

public sealed class ExitWatcherTests : IDisposable
{
    private readonly ExitWatcher _watcher = new(new SandboxCgroups(Options.Create(new MachineOptions()), TimeProvider.System), new ToldKills(TimeProvider.System));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wait_ProcessKilled_Completes()
    {
        using var process = Process.Start("sleep", "1000");
        var exit = _watcher.WaitAsync(SandboxId.New(), Identify(process), Cancellation);
        Assert.False(exit.IsCompleted);
        process.Kill();

        Assert.False((await exit.WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).OutOfMemory);
    }

    [Fact]
    public async Task Wait_PidReused_IsOverAtOnce()
    {
        using var process = Process.Start("sleep", "1000");
        var init = Identify(process);
        await _watcher.WaitAsync(SandboxId.New(), init with { StartTicks = init.StartTicks - 1 }, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        process.Kill();
    }

    [Fact]
    public async Task Wait_Cancelled_LeavesOthersWatched()
    {
        using var process = Process.Start("sleep", "1000");
        using var enough = new CancellationTokenSource();
        var first = _watcher.WaitAsync(SandboxId.New(), Identify(process), enough.Token);
        var second = _watcher.WaitAsync(SandboxId.New(), Identify(process), Cancellation);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        process.Kill();
        await second.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }

    [Fact]
    public void Stat_NameWithParentheses_IsParsedFromTheLastOne() =>
        Assert.Equal(new ProcessStat('Z', 42, 777, 9), ProcessStat.Parse("7 (a) b) Z 42 " + string.Join(' ', Enumerable.Repeat("0", 17)) + " 777 " + string.Join(' ', Enumerable.Repeat("0", 29)) + " 9\n"));

    public void Dispose() => _watcher.Dispose();

    private static RunningInit Identify(Process process) => new(process.Id, ProcessStat.Read(process.Id)!.StartTicks);
}
