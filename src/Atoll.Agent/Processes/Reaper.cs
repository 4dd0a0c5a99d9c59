using Atoll.Agent.Native;
using Atoll.Agent.Observing;
using Atoll.Agent.Processes.Readiness;

namespace Atoll.Agent.Processes;

/// <summary>Reaps every child of process 1: those started here and orphans that the kernel gave it. On the event loop's thread.</summary>
internal sealed unsafe class Reaper(ProcessTable processes, EventLoop loop, Journal journal)
{
    /// <summary>So that a storm of dying orphans does not keep output waiting.</summary>
    private const int MostAtOnce = 128;

    public void Start()
    {
        loop.Begun = Children.HearEnds;
        loop.Woken = ReapAll;
        loop.Failed = failure => journal.Write(1, $"process 1 failed and goes on: {failure.GetType().Name}");
        _ = Children.GuardSignals(loop.Counter);
    }

    private void ReapAll()
    {
        for (var reaped = 0; reaped < MostAtOnce; reaped++)
        {
            var pid = Children.PeekDead();
            if (pid <= 0) return;
            Reap(pid);
        }

        loop.Post(() => { });
    }

    private void Reap(int pid)
    {
        if (processes.FindLiving(pid) is { } child)
        {
            End(child, () => Collect(pid));
            return;
        }

        var status = Collect(pid);
        if (processes.NoteEarlyEnd(pid, status) is { } late) End(late, () => status);
    }

    /// <summary>Also for a process whose status was kept for its <see cref="ProcessTable.Add"/>.</summary>
    public void End(ChildProcess child, Func<int> reap)
    {
        child.End(reap, processes);
        if (child.Identity.Unlisted) return;
        journal.Write(child.Pid, child.Status switch
        {
            { TimedOut: true } => "ended: its time was up",
            { Signal: > 0 and var signal } => $"ended by signal {signal}",
            var status => $"ended with {status?.Code}",
        });
    }

    private static int Collect(int pid)
    {
        int status = 0;
        _ = Children.Reap(pid, &status, AllKinds);
        return status;
    }

    /// <summary>__WALL: children of every kind, also those cloned without a signal.</summary>
    private const int AllKinds = 0x40000000;
}
