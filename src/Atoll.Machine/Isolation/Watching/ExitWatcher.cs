using System.Collections.Concurrent;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Watching;

/// <summary>
/// One thread in epoll over a pidfd per sandbox. The start ticks are compared after the pidfd is open, so that a pid which was reused before is seen,
/// and one reused later cannot matter.
/// </summary>
internal sealed class ExitWatcher : IExitWatcher, IDisposable
{
    private const ulong StopKey = 0;

    private readonly SandboxCgroups _cgroups;
    private readonly ToldKills _kills;
    private readonly SafeFileHandle _epoll = Polling.CreateEpoll();
    private readonly SafeFileHandle _stop = Polling.CreateEvent();
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> _waiting = new();
    private readonly Thread _thread;
    private ulong _lastKey = StopKey;

    public ExitWatcher(SandboxCgroups cgroups, ToldKills kills)
    {
        (_cgroups, _kills) = (cgroups, kills);
        Polling.Add(_epoll, _stop, Polling.Readable, StopKey);
        _thread = new Thread(Run) { IsBackground = true, Name = "sandbox exits" };
        _thread.Start();
    }

    public async Task<InitExit> WaitAsync(SandboxId id, RunningInit init, CancellationToken cancellation)
    {
        using var process = PidFds.Open(init.Pid);
        if (process is null || ProcessStat.Read(init.Pid)?.StartTicks != init.StartTicks) return Describe(id, null);

        var key = Interlocked.Increment(ref _lastKey);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[key] = ended;
        try
        {
            Polling.Add(_epoll, process, Polling.Readable | Polling.OneShot, key);
            await ended.Task.WaitAsync(cancellation);
        }
        finally
        {
            // Closing the pidfd takes it out of the epoll set.
            _waiting.TryRemove(key, out _);
        }

        return Describe(id, Status(process, init));
    }

    public void Dispose()
    {
        Polling.Signal(_stop);
        _thread.Join();
        foreach (var ended in _waiting.Values) ended.TrySetCanceled();
        _epoll.Dispose();
        _stop.Dispose();
    }

    /// <summary>While nobody has reaped it, <c>/proc</c> has the status; afterwards, the pidfd on newer kernels.</summary>
    private static int? Status(SafeFileHandle process, RunningInit init) =>
        ProcessStat.Read(init.Pid) is { Dead: true } stat && stat.StartTicks == init.StartTicks ? stat.ExitStatus : PidFds.ReapedStatus(process);

    private InitExit Describe(SandboxId id, int? status)
    {
        var how = status switch
        {
            null => "ended",
            { } value when (value & 0x7F) != 0 => $"was killed by signal {value & 0x7F}",
            { } value => $"exited with {(value >> 8) & 0xFF}",
        };
        var kills = _cgroups.Measure(id).TryGet(out var usage, out _) ? usage.OutOfMemoryKills : 0;

        // Not only by SIGKILL: a sentry whose helper process was the one to be killed exits with a failure of its own.
        var outOfMemory = status is not 0 && _kills.MayHaveEnded(id, kills);
        return new InitExit(outOfMemory, outOfMemory ? $"The sandbox ran out of memory (process 1 {how})." : $"Process 1 {how}.");
    }

    private void Run()
    {
        while (Polling.WaitOne(_epoll) is var key && key != StopKey)
        {
            if (_waiting.TryRemove(key, out var ended)) ended.TrySetResult();
        }
    }
}
