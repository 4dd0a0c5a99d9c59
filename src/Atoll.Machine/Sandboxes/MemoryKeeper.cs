using System.Collections.Concurrent;
using System.Threading.Channels;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Guests;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Watching;
using Atoll.Machine.Live;
using Microsoft.Extensions.Logging;

namespace Atoll.Machine.Sandboxes;

/// <summary>
/// Sees to it that a sandbox with too little memory loses a process and not all of itself. Where its kernel is its own, the agent is asked to end the largest process as soon as the sandbox has more
/// than its memory; the host's limit stands further up. Elsewhere the host's kernel does so, and takes whatever runs inside before the agent (oom_score_adj). Either is handed on.
/// <para>Nothing is polled: it looks when the kernel has something to tell. Threads: any member at any time.</para>
/// </summary>
internal sealed partial class MemoryKeeper(MemoryWatcher watcher, SandboxCgroups cgroups, ToldKills told, TimeProvider time, ILogger<MemoryKeeper> log)
{
    private const int Kept = 4096;

    /// <summary>Between two looks at one sandbox while the kernel goes on telling: reading its figures takes 0.1 ms.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>How long what was killed may take to be gone before the next is.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<SandboxId, Watched> _watched = new();
    private readonly Channel<ProcessKill> _kills = Channel.CreateBounded<ProcessKill>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });

    public IAsyncEnumerable<ProcessKill> ReadAsync(CancellationToken cancellation) => _kills.Reader.ReadAllAsync(cancellation);

    /// <summary>From here on. Again, after its limits have changed.</summary>
    public void Watch(LiveHandle handle)
    {
        Stop(handle.Id);
        try
        {
            var figures = cgroups.MeasureMemory(handle.Id);
            told.Begin(handle.Id, figures.Kills);
            var watched = new Watched(handle);
            watched.Watch = watcher.Watch(handle.Id, handle.Runtime.MemoryRoom > 0 ? figures.Limit - handle.Runtime.MemoryRoom : null, () => Look(watched));
            _watched[handle.Id] = watched;
        }
        catch (IOException refused)
        {
            // It has ended in the same moment, or the host has no descriptor left: its limits hold all the same, only worse.
            LogNotWatched(handle.Id, refused.Message);
        }
    }

    public void Forget(SandboxId id)
    {
        Stop(id);
        told.Forget(id);
    }

    private void Stop(SandboxId id)
    {
        if (_watched.TryRemove(id, out var watched)) watched.Watch?.Dispose();
    }

    private void Look(Watched watched)
    {
        // One look at a time; what is told meanwhile is looked at once more.
        if (Interlocked.Increment(ref watched.Notices) == 1) _ = Task.Run(() => LookAsync(watched));
    }

    private async Task LookAsync(Watched watched)
    {
        int notices;
        do
        {
            notices = Volatile.Read(ref watched.Notices);
            try
            {
                await ActAsync(watched);
            }
            catch (IOException)
            {
                // The sandbox is gone.
                return;
            }

            await Task.Delay(Pause, time);
        }
        while (Interlocked.CompareExchange(ref watched.Notices, 0, notices) != notices);
    }

    private async Task ActAsync(Watched watched)
    {
        var (handle, id) = (watched.Handle, watched.Handle.Id);
        if (handle.Runtime.MemoryRoom == 0)
        {
            await CountKillsAsync(watched);
            return;
        }

        // The host's kernel may have ended a helper of its runtime's.
        told.Note(id, cgroups.MeasureMemory(id).Kills);
        for (var figures = cgroups.MeasureMemory(id); HasTooMuch(figures, handle.Runtime.MemoryRoom); figures = cgroups.MeasureMemory(id))
        {
            if (handle.Guest is not AgentGuest { Link.StandsStill: false } guest || await AskAsync(guest) is not { Pid: > 0 } killed) return;
            Tell(new ProcessKill(id, killed.Pid, killed.Command));
            await GoneAsync(id, figures, (long)killed.ResidentBytes);
        }
    }

    private async Task<Killed?> AskAsync(AgentGuest guest)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        try
        {
            return (await guest.FreeMemoryAsync(limit.Token)).TryGet(out var killed, out _) ? killed : null;
        }
        catch (OperationCanceledException)
        {
            // It does not get to answer. What it was asked is asked again at the kernel's next notice.
            return null;
        }
    }

    /// <summary>The kernel tells a moment before it kills.</summary>
    private async Task CountKillsAsync(Watched watched)
    {
        var id = watched.Handle.Id;
        for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < Grace; await Task.Delay(Pause, time))
        {
            if (!told.Note(id, cgroups.MeasureMemory(id).Kills)) continue;
            Tell(new ProcessKill(id, null, null));
            return;
        }
    }

    /// <summary>Until half of what the killed process had is free.</summary>
    private async Task GoneAsync(SandboxId id, MemoryFigures before, long bytes)
    {
        for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < Grace && cgroups.MeasureMemory(id).Shared > before.Shared - (bytes / 2);) await Task.Delay(Pause, time);
    }

    /// <summary>The sandbox's own memory is all in memory files; what its kernel has besides has most of the room, for what a program can have there (pipes) is not the program's.</summary>
    private static bool HasTooMuch(MemoryFigures figures, long room) =>
        figures.Shared > figures.Limit - room || figures.Shared + figures.Private > figures.Limit - (room / 8);

    private void Tell(ProcessKill kill)
    {
        LogKilled(kill.Id, kill.Command, kill.Pid);
        _kills.Writer.TryWrite(kill);
    }

    [LoggerMessage(2070, LogLevel.Information, "Sandbox {Sandbox} had no memory left: process {Command} {Pid} was killed")]
    private partial void LogKilled(SandboxId sandbox, string? command, int? pid);

    [LoggerMessage(2071, LogLevel.Warning, "The memory of sandbox {Sandbox} cannot be watched: {Reason}")]
    private partial void LogNotWatched(SandboxId sandbox, string reason);

    private sealed class Watched(LiveHandle handle)
    {
        public LiveHandle Handle => handle;

        public IDisposable? Watch { get; set; }

        public int Notices;
    }
}
