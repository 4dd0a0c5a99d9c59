using Atoll.Agent.Native;
using Atoll.Agent.Processes.Input;
using Atoll.Agent.Processes.Output;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Processes;

/// <summary>A process started here: who it is, its output and input, and how it ended. Thread-safe.</summary>
internal sealed class ChildProcess(ProcessIdentity identity, OutputBacklog output, OutputCollector collector, StdinWriter stdin, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static long _sequences;
    private bool _reading;
    private bool _reaped;
    private bool _timedOut;
    private long _endedUnixMilliseconds;
    private ExitStatus? _status;

    public ProcessIdentity Identity { get; } = identity;

    public int Pid => Identity.Pid;

    /// <summary>It was started to wait for its pacing followers.</summary>
    public required bool Paced { get; init; }

    /// <summary>The call that started it, if that had an id; 0 if not.</summary>
    public ulong CallId { get; init; }

    public OutputBacklog Output { get; } = output;

    public StdinWriter Stdin { get; } = stdin;

    /// <summary>Null while it runs.</summary>
    public ExitStatus? Status => Volatile.Read(ref _status);

    public long EndedTimestamp { get; private set; }

    /// <summary>Counts processes in the order of their start.</summary>
    public long Sequence { get; } = Interlocked.Increment(ref _sequences);

    /// <summary>Completes when it has ended; its output may not be over yet.</summary>
    public Task Exited => _exited.Task;

    /// <summary>Completes when it has ended and its output is over.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Sends a signal to its group or to it alone, unless it has ended: until it is reaped its pid cannot be anybody else's.</summary>
    public bool TrySignal(int signal, bool group)
    {
        lock (_lock)
        {
            return !_reaped && Children.Signal(group ? -Pid : Pid, signal) == 0;
        }
    }

    /// <summary>Its end, if it comes from now on, was its time limit.</summary>
    public void MarkTimedOut()
    {
        lock (_lock) _timedOut = _status is null;
    }

    /// <summary>Reaps it with <paramref name="reap"/> and notes how it ended. On the event loop's thread.</summary>
    public void End(Func<int> reap, ProcessTable processes)
    {
        lock (_lock)
        {
            var status = WaitStatus.Decode(reap());
            _reaped = true;
            status.TimedOut = _timedOut;
            _endedUnixMilliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
            EndedTimestamp = time.GetTimestamp();
            Volatile.Write(ref _status, status);
        }

        processes.MoveToEnded(this);

        _exited.SetResult();
        _ = Stdin.CloseAsync();
        if (_reading) collector.ProcessEnded();
    }

    /// <summary>Begins to read its output. On the event loop's thread.</summary>
    public void BeginReading()
    {
        _reading = true;
        collector.Over = _finished.SetResult;
        collector.Begin();
        if (Status is not null) collector.ProcessEnded();
    }

    public ProcessInfo Describe()
    {
        var (start, end) = Output.Range;
        var info = new ProcessInfo
        {
            Pid = Pid,
            Tag = Identity.Tag,
            User = Identity.User,
            WorkingDirectory = ByteString.CopyFrom(Identity.WorkingDirectory),
            Terminal = Identity.Terminal,
            StartedUnixMilliseconds = Identity.StartedUnixMilliseconds,
            OutputStart = (ulong)start,
            OutputEnd = (ulong)end,
            StdinOffset = (ulong)Stdin.Offset,
        };
        info.Argv.AddRange(Shown(Identity.Argv));
        if (Status is { } status)
        {
            info.Status = status;
            info.EndedUnixMilliseconds = _endedUnixMilliseconds;
        }

        return info;
    }

    /// <summary>A command line may have megabytes and an answer must fit a frame: as much of it as a list can carry.</summary>
    private static IEnumerable<ByteString> Shown(IReadOnlyList<byte[]> argv)
    {
        const int MaxBytes = 64 * 1024;
        var left = MaxBytes;
        foreach (var argument in argv)
        {
            if (left <= 0) yield break;
            var length = Math.Min(argument.Length, left);
            left -= length + 16;
            yield return ByteString.CopyFrom(argument, 0, length);
        }
    }
}
