using System.Text;
using Atoll.Agent.Observing;
using Atoll.Agent.Processes.Input;
using Atoll.Agent.Processes.Output;
using Atoll.Agent.Processes.Readiness;
using Atoll.Agent.Processes.Starting;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes;

/// <summary>Starts processes and puts them under watch.</summary>
internal sealed class ProcessStarter(EventLoop loop, ProcessTable processes, Reaper reaper, LaunchPreparation preparation, Journal journal, TimeProvider time)
{
    private static readonly TimeSpan FirstFollowerLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Starts a process. With <paramref name="awaitFirst"/> none of its output is lost until the first pacing follower has come; for a spec that is paced that is so for 10 s at most,
    /// for others the caller adds the follower at once.
    /// </summary>
    /// <param name="callId">Of the call that it is started for, or 0.</param>
    public ChildProcess? TryStart(ProcessSpec? spec, bool awaitFirst, ulong callId, out StartFailure? failure)
    {
        var launch = preparation.TryPrepare(spec!, out failure);
        if (launch is null) return null;
        if (!processes.TryReserve())
        {
            failure = new StartFailure(FailureCode.TooMany, "1,024 processes started from outside are running; end some first.");
            return null;
        }

        ChildProcess? child = null;
        try
        {
            child = TrySpawn(spec!, launch, awaitFirst, callId, out failure);
        }
        finally
        {
            if (child is null) processes.Abandon();
        }

        if (child is not null) Watch(child, spec!, awaitFirst);
        return child;
    }

    private ChildProcess? TrySpawn(ProcessSpec spec, Launch launch, bool awaitFirst, ulong callId, out StartFailure? failure)
    {
        using var streams = ChildStreams.TryOpen(spec, launch.User.Uid, launch.User.Gid);
        if (streams is null)
        {
            failure = new StartFailure(FailureCode.TooMany, spec.Terminal is null ? "There are no more open files to be had." : "There is no terminal to be had.");
            return null;
        }

        var backlog = new OutputBacklog(spec.BacklogBytes == 0 ? OutputBacklog.DefaultBytes : (int)Math.Min(spec.BacklogBytes, int.MaxValue), awaitFirst);
        var pid = Spawner.Spawn(launch, streams, out failure);
        if (pid == 0)
        {
            backlog.Retire();
            return null;
        }

        streams.Keep();
        var identity = new ProcessIdentity(pid, spec.Tag, launch.Argv, launch.User.Name, launch.WorkingDirectory, streams.IsTerminal, time.GetUtcNow().ToUnixTimeMilliseconds(), spec.Unlisted);
        var sources = streams.Outputs.ConvertAll(output => new OutputSource(loop, output.Descriptor, output.Stream, backlog));
        return new ChildProcess(identity, backlog, new OutputCollector(loop, backlog, sources, time), new StdinWriter(loop, streams.Input, streams.IsTerminal, time), time)
        {
            Paced = spec.Paced,
            CallId = callId,
        };
    }

    private void Watch(ChildProcess child, ProcessSpec spec, bool awaitFirst)
    {
        if (!child.Identity.Unlisted) journal.Write(child.Pid, $"started {Encoding.UTF8.GetString(child.Identity.Argv[0])} as {child.Identity.User}");
        _ = FeedAsync(child, spec);
        var endedAlready = processes.Add(child);
        loop.Post(() =>
        {
            child.BeginReading();
            if (endedAlready is { } status) reaper.End(child, () => status);
        });
        if (spec.TimeoutMilliseconds > 0) _ = ProcessKiller.KillAfterAsync(child, TimeSpan.FromMilliseconds(Math.Min(spec.TimeoutMilliseconds, uint.MaxValue - 1)), time);
        if (awaitFirst && spec.Paced) _ = StopAwaitingAsync(child);
    }

    private async Task StopAwaitingAsync(ChildProcess child)
    {
        await Task.Delay(FirstFollowerLimit, time);
        child.Output.StopAwaitingFirst();
    }

    /// <summary>Its turn at stdin is taken before anybody can know the process, so these bytes are the first.</summary>
    private static async Task FeedAsync(ChildProcess child, ProcessSpec spec)
    {
        // A process that does not want its input, or ends before it has read it, is no failure.
        if (spec.Stdin.IsEmpty && (spec.KeepStdinOpen || spec.Terminal is not null)) return;
        var write = new StdinWrite(0);
        if (!spec.Stdin.IsEmpty) await child.Stdin.WriteAsync(null, write, 0, spec.Stdin.Memory, CancellationToken.None);
        if (!spec.KeepStdinOpen && spec.Terminal is null) await child.Stdin.EndAsync(write, CancellationToken.None);
    }
}
