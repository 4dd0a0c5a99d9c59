using Atoll.Agent.Native;

namespace Atoll.Agent.Processes;

/// <summary>Ends a process with all that belongs to it.</summary>
internal static class ProcessKiller
{
    private static readonly TimeSpan TermGrace = TimeSpan.FromSeconds(2);

    /// <summary>At once: its group, its descendants and its session.</summary>
    public static void Kill(ChildProcess child)
    {
        if (child.Status is not null) return;
        var members = ProcessTree.Of(child.Pid);
        child.TrySignal(Children.Kill, group: true);
        ProcessTree.Kill(members);
    }

    /// <summary>When its time is up: SIGTERM to the group, and two seconds later SIGKILL to all that were there then or are there now.</summary>
    public static async Task KillAfterAsync(ChildProcess child, TimeSpan limit, TimeProvider time)
    {
        using var giveUp = new CancellationTokenSource();
        var expiry = Task.Delay(limit, time, giveUp.Token);
        if (await Task.WhenAny(child.Exited, expiry) != expiry)
        {
            await giveUp.CancelAsync();
            return;
        }

        child.MarkTimedOut();
        var members = ProcessTree.Of(child.Pid);
        if (!child.TrySignal(Children.Terminate, group: true)) return;
        await Task.Delay(TermGrace, time);

        // The leader may be gone and others of its group not; as long as one is left, the group's number is nobody else's.
        _ = Children.Signal(-child.Pid, Children.Kill);
        ProcessTree.Kill(members.Concat(ProcessTree.Of(child.Pid)));
    }
}
