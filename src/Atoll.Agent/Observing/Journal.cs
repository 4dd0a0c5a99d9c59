namespace Atoll.Agent.Observing;

/// <summary>
/// What process 1 noticed, for the sandbox's owner: the newest 5,000 lines, in memory. Lines name programs and pids, never arguments or environments. Thread-safe.
/// </summary>
internal sealed class Journal(TimeProvider time)
{
    private const int MaxLines = 5000;
    private const int MaxMessage = 300;

    private readonly Lock _lock = new();
    private readonly Queue<JournalLine> _lines = new();
    private ulong _last;
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Write(int pid, string message)
    {
        TaskCompletionSource waiters;
        lock (_lock)
        {
            if (_lines.Count == MaxLines) _lines.Dequeue();
            _lines.Enqueue(new JournalLine(++_last, time.GetUtcNow().ToUnixTimeMilliseconds(), pid, message.Length <= MaxMessage ? message : message[..MaxMessage]));
            waiters = _written;
            _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiters.SetResult();
    }

    /// <summary>At most <paramref name="most"/> lines after a sequence number, and a task that completes when more are written.</summary>
    public (IReadOnlyList<JournalLine> Lines, Task More) ReadAfter(ulong sequence, int most)
    {
        lock (_lock)
        {
            return ([.. _lines.SkipWhile(line => line.Sequence <= sequence).Take(most)], _written.Task);
        }
    }
}
