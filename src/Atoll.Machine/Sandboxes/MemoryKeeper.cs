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
/// than its memory; the host's limit stands further up, and who comes to it waits (<see cref="ICgroupControllers.HoldAtLimit"/>) and gets a little more meanwhile (<see cref="MemoryRelief"/>).
/// Elsewhere the host's kernel does so, and takes whatever runs inside before the agent (oom_score_adj). Either is handed on.
/// <para>Nothing is polled: it looks when the kernel has something to tell. Threads: any member at any time.</para>
/// </summary>
internal sealed partial class MemoryKeeper(MemoryWatcher watcher, SandboxCgroups cgroups, ToldKills told, TimeProvider time, ILogger<MemoryKeeper> log)
{
    private const int Kept = 4096;

    /// <summary>Between two looks at one sandbox while the kernel goes on telling: reading its figures takes 0.1 ms.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>How long the kernel may take from its notice to what it kills.</summary>
    private static readonly TimeSpan KillLimit = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the memory of what was killed may take to be free before the agent is asked again.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>How long a sandbox with too much is seen to: a process in the midst of a long call takes some seconds to end on a busy host.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<SandboxId, WatchedMemory> _watched = new();
    private readonly MemoryReserve _reserve = new();
    private readonly Channel<ProcessKill> _kills = Channel.CreateBounded<ProcessKill>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest });

    public IAsyncEnumerable<ProcessKill> ReadAsync(CancellationToken cancellation) => _kills.Reader.ReadAllAsync(cancellation);

    /// <summary>From here on. Again, after its limits have changed.</summary>
    public void Watch(LiveHandle handle)
    {
        Drop(handle.Id);
        try
        {
            var figures = cgroups.MeasureMemory(handle.Id);
            told.Begin(handle.Id, figures.Kills);
            var watched = new WatchedMemory(handle, figures.Limit);
            _watched[handle.Id] = watched;
            if (handle.Runtime.MemoryRoom == 0)
            {
                Listen(watched, bytes: null);
                return;
            }

            // A notice at so many bytes takes v1 some 25 ms, in which it waits for all the kernel's readers; nobody's start is to wait for that. What comes to the limit meanwhile waits there.
            cgroups.HoldAtLimit(handle.Id, held: true);
            _ = Task.Factory.StartNew(() => Listen(watched, figures.Limit - handle.Runtime.MemoryRoom), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (IOException refused)
        {
            LogNotWatched(handle.Id, refused.Message);
        }
    }

    public void Forget(SandboxId id)
    {
        if (Drop(id)?.Handle.Runtime.MemoryRoom > 0) LetGo(id);
        told.Forget(id);
    }

    /// <summary>It had more than its memory when it was last looked at: what ends then ends of that.</summary>
    public bool IsShort(SandboxId id) => _watched.TryGetValue(id, out var watched) && watched.Short;

    private WatchedMemory? Drop(SandboxId id)
    {
        if (_watched.TryRemove(id, out var watched)) watched.Dispose();
        return watched;
    }

    private void Listen(WatchedMemory watched, long? bytes)
    {
        var id = watched.Handle.Id;
        try
        {
            watched.Own(watcher.Watch(id, bytes, () => Look(watched)));
            if (bytes is not null && HasTooMuch(cgroups.MeasureMemory(id), watched)) Look(watched);
        }
        catch (IOException refused)
        {
            // It has ended in the same moment, or the host has no descriptor left: its limits hold all the same, only worse.
            if (IsWatched(watched)) LogNotWatched(id, refused.Message);
        }
    }

    /// <summary>Not once its limits have changed: then it is watched anew, with these.</summary>
    private bool IsWatched(WatchedMemory watched) => _watched.TryGetValue(watched.Handle.Id, out var now) && now == watched;

    private void Look(WatchedMemory watched)
    {
        // One look at a time; what is told meanwhile is looked at once more.
        if (Interlocked.Increment(ref watched.Notices) == 1) _ = Task.Run(() => LookAsync(watched));
    }

    private async Task LookAsync(WatchedMemory watched)
    {
        int notices;
        do
        {
            notices = Volatile.Read(ref watched.Notices);
            try
            {
                await ActAsync(watched);
            }
            catch (IOException failure)
            {
                if (!IsWatched(watched) || !cgroups.Exists(watched.Handle.Id)) return;

                // No descriptor was left, say. What waits at the limit waits for this, so it is looked at again.
                LogNotSeenTo(watched.Handle.Id, failure.Message);
                await Task.Delay(Grace, time);
                Interlocked.Increment(ref watched.Notices);
            }

            await Task.Delay(Pause, time);
        }
        while (Interlocked.CompareExchange(ref watched.Notices, 0, notices) != notices);
    }

    private async Task ActAsync(WatchedMemory watched)
    {
        var (handle, id) = (watched.Handle, watched.Handle.Id);
        if (handle.Runtime.MemoryRoom == 0)
        {
            await CountKillsAsync(watched);
            return;
        }

        // The host's kernel may have ended a helper of its runtime's.
        told.Note(id, cgroups.MeasureMemory(id).Kills);
        if (!HasTooMuch(cgroups.MeasureMemory(id), watched)) return;
        watched.Short = true;
        cgroups.HoldAtLimit(id, held: true);
        await using var relief = new MemoryRelief(cgroups, _reserve, id, watched.Limit, time);
        for (var begun = time.GetTimestamp(); cgroups.MeasureMemory(id) is var figures && HasTooMuch(figures, watched); await Task.Delay(Pause, time))
        {
            if (!IsWatched(watched)) return;
            if (time.GetElapsedTime(begun) > Patience)
            {
                LogStillTooMuch(id);
                LetGo(id);
                return;
            }

            await EndLargestAsync(watched, figures);
        }

        watched.Ended = 0;
        watched.Short = false;
    }

    private async Task EndLargestAsync(WatchedMemory watched, MemoryFigures before)
    {
        var freed = 0L;
        if (watched.Handle.Guest is AgentGuest { Link.StandsStill: false } guest && await AskAsync(guest, before.Shared + before.Private - (watched.Limit - watched.Handle.Runtime.MemoryRoom)) is { Pid: > 0 } killed)
        {
            if (killed.Pid != watched.Ended) Tell(new ProcessKill(watched.Handle.Id, watched.Ended = killed.Pid, killed.Command));
            freed = (long)killed.ResidentBytes;
        }

        // Where nothing was ended, what has so much may yet give it back by itself.
        await GoneAsync(watched.Handle.Id, before, freed);
    }

    /// <summary>From here on the host's limit kills, until there is too much again.</summary>
    private void LetGo(SandboxId id)
    {
        try
        {
            cgroups.HoldAtLimit(id, held: false);
        }
        catch (IOException)
        {
            // The sandbox is gone.
        }
    }

    private async Task<Killed?> AskAsync(AgentGuest guest, long excess)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        try
        {
            return (await guest.FreeMemoryAsync((ulong)Math.Max(0, excess), limit.Token)).TryGet(out var killed, out _) ? killed : null;
        }
        catch (OperationCanceledException)
        {
            // It does not get to answer. What it was asked is asked again at the kernel's next notice.
            return null;
        }
    }

    /// <summary>The kernel tells a moment before it kills.</summary>
    private async Task CountKillsAsync(WatchedMemory watched)
    {
        var id = watched.Handle.Id;
        for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < KillLimit; await Task.Delay(Pause, time))
        {
            if (!told.Note(id, cgroups.MeasureMemory(id).Kills)) continue;
            Tell(new ProcessKill(id, null, null));
            return;
        }
    }

    /// <summary>Until half of what the killed process had is free, or for a while.</summary>
    private async Task GoneAsync(SandboxId id, MemoryFigures before, long bytes)
    {
        for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < Grace && cgroups.MeasureMemory(id).Shared >= before.Shared - (bytes / 2);) await Task.Delay(Pause, time);
    }

    /// <summary>The sandbox's own memory is all in memory files; what its kernel has besides has most of the room, for what a program can have there (pipes) is not the program's.</summary>
    private static bool HasTooMuch(MemoryFigures figures, WatchedMemory watched) =>
        watched.Handle.Runtime.MemoryRoom is var room
        && (figures.Waits || figures.Shared > watched.Limit - room || figures.Shared + figures.Private > watched.Limit - (room / 8));

    private void Tell(ProcessKill kill)
    {
        LogKilled(kill.Id, kill.Command, kill.Pid);
        _kills.Writer.TryWrite(kill);
    }

    [LoggerMessage(2070, LogLevel.Information, "Sandbox {Sandbox} had no memory left: process {Command} {Pid} was killed")]
    private partial void LogKilled(SandboxId sandbox, string? command, int? pid);

    [LoggerMessage(2071, LogLevel.Warning, "The memory of sandbox {Sandbox} cannot be watched: {Reason}")]
    private partial void LogNotWatched(SandboxId sandbox, string reason);

    [LoggerMessage(2072, LogLevel.Warning, "Sandbox {Sandbox} has more than its memory, and no process of it could be ended: the host's limit ends it if it asks for more")]
    private partial void LogStillTooMuch(SandboxId sandbox);

    [LoggerMessage(2073, LogLevel.Warning, "Sandbox {Sandbox} may have too much memory, which could not be seen to and is tried again: {Reason}")]
    private partial void LogNotSeenTo(SandboxId sandbox, string reason);
}
