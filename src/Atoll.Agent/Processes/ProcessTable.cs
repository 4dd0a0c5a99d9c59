using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Processes;

/// <summary>
/// Processes started here: all that live (at most 1,024) and the newest 256 that ended in the last hour, whose output together holds at most 64 MiB. Thread-safe.
/// </summary>
internal sealed class ProcessTable(TimeProvider time)
{
    private const int MaxLiving = 1024;
    private const int MaxEnded = 256;
    private const long MaxEndedOutput = 64L * 1024 * 1024;
    private static readonly TimeSpan EndedKept = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, ChildProcess> _living = [];
    private readonly LinkedList<ChildProcess> _ended = [];
    private readonly Dictionary<int, int> _early = [];
    private int _starting;

    /// <summary>Takes a place for a process that is about to be started; false when all are taken. <see cref="Add"/> or <see cref="Abandon"/> gives it back.</summary>
    public bool TryReserve()
    {
        lock (_lock)
        {
            if (_living.Count + _starting >= MaxLiving) return false;
            _starting++;
            return true;
        }
    }

    public void Abandon()
    {
        lock (_lock) GiveBack();
    }

    /// <summary>Adds a process that was started. Returns its wait status if it has ended, and was reaped, before it could be added.</summary>
    public int? Add(ChildProcess child)
    {
        lock (_lock)
        {
            int? status = _early.Remove(child.Pid, out var early) ? early : null;
            _living.Add(child.Pid, child);
            GiveBack();
            return status;
        }
    }

    /// <summary>The living process of a pid. Null: an orphan, or one that is still being added.</summary>
    public ChildProcess? FindLiving(int pid)
    {
        lock (_lock) return _living.GetValueOrDefault(pid);
    }

    /// <summary>Keeps the status of an unknown child that was reaped for its <see cref="Add"/>. Returns the process if it was added meanwhile.</summary>
    public ChildProcess? NoteEarlyEnd(int pid, int status)
    {
        lock (_lock)
        {
            if (_living.TryGetValue(pid, out var child)) return child;
            if (_starting > 0) _early[pid] = status;
            return null;
        }
    }

    /// <summary>A living process has ended: its pid may be another's soon.</summary>
    public void MoveToEnded(ChildProcess child)
    {
        lock (_lock)
        {
            if (_living.GetValueOrDefault(child.Pid) == child) _living.Remove(child.Pid);
            if (child.Identity.Unlisted)
            {
                child.Output.Retire();
                return;
            }

            _ended.AddLast(child);
            Trim();
        }
    }

    public ChildProcess? Find(ProcessRef reference)
    {
        lock (_lock)
        {
            Trim();
            if (reference.Sequence != 0) return All().FirstOrDefault(child => (ulong)child.Sequence == reference.Sequence);
            if (reference.Tag.Length == 0) return _living.GetValueOrDefault(reference.Pid) ?? _ended.LastOrDefault(child => child.Pid == reference.Pid);
            return All().Where(child => child.Identity.Tag == reference.Tag).MaxBy(child => child.Sequence);
        }
    }

    /// <summary>What a call has started, as long as it is kept.</summary>
    public ChildProcess? FindByCall(ulong id)
    {
        lock (_lock) return All().FirstOrDefault(child => child.CallId == id);
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ChildProcess> List()
    {
        lock (_lock)
        {
            Trim();
            return [.. All().OrderBy(child => child.Sequence)];
        }
    }

    private IEnumerable<ChildProcess> All() => _ended.Concat(_living.Values.Where(child => !child.Identity.Unlisted));

    private void GiveBack()
    {
        // With nothing being started, an unknown child's status has nobody to wait for.
        if (--_starting == 0) _early.Clear();
    }

    private void Trim()
    {
        while (_ended.First is { } oldest && (_ended.Count > MaxEnded || time.GetElapsedTime(oldest.Value.EndedTimestamp) > EndedKept))
        {
            oldest.Value.Output.Retire();
            _ended.RemoveFirst();
        }

        var held = _ended.Sum(child => child.Output.HeldBytes);
        for (var next = _ended.First; next is not null && held > MaxEndedOutput; next = next.Next)
        {
            held -= next.Value.Output.HeldBytes;
            next.Value.Output.Retire();
        }
    }
}
