namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>
/// Makes it quick to move a process into a cgroup, which an OCI runtime does with itself at each start, there and back. The kernel's lock for it (cgroup_threadgroup_rwsem) favours
/// those who fork: whoever moves first after a rest waits for a grace period, 10 ms (rcu_sync, kernel/rcu/sync.c), and others within the next one do not. So while a start is under way
/// a thread of ours moves itself to where it is already, which changes nothing, often enough for the runtime never to be first. Measured with runsc: 13 of 145 ms.
/// <para>Threads: any. Where the kernel or the place of this process does not allow it, nothing is done.</para>
/// </summary>
internal sealed class CgroupMoves(CgroupMounts mounts) : IDisposable
{
    /// <summary>Less than a grace period, which is some jiffies of a timer of 100 to 1000 Hz.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(6);

    private const int StackBytes = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _left = new(false);
    private int _holders;
    private bool _moving;
    private bool _useless;

    /// <summary>From here on until it is disposed.</summary>
    public IDisposable Hold()
    {
        lock (_lock)
        {
            _holders++;
            if (!_moving && !_useless)
            {
                _moving = true;
                new Thread(Move, StackBytes) { IsBackground = true, Name = "cgroup moves" }.Start();
            }
        }

        return new Holder(this);
    }

    public void Dispose() => _left.Dispose();

    private void Move()
    {
        var own = Find();
        while (IsWanted(own is not null))
        {
            try
            {
                CgroupFile.Write(own!.Folder, own.File, own.Id);
                _left.WaitOne(Pace);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // Not allowed here, or this server stops.
                own = null;
            }
        }
    }

    private bool IsWanted(bool possible)
    {
        lock (_lock)
        {
            _useless |= !possible;
            return _moving = possible && _holders > 0;
        }
    }

    /// <summary>v1: this thread alone. v2 knows threads only in threaded groups: this process.</summary>
    private Place? Find()
    {
        try
        {
            foreach (var line in File.ReadLines("/proc/thread-self/cgroup"))
            {
                // hierarchy:controllers:path
                var parts = line.Split(':', 3);
                if (parts[1].Length == 0 && mounts.Unified is { } unified && mounts.Controllers.IsEmpty) return new(unified + parts[2], "cgroup.procs", Environment.ProcessId);
                if (!mounts.Controllers.TryGetValue(parts[1].Split(',')[0], out var mount)) continue;
                if (new FileInfo("/proc/thread-self").LinkTarget is { } self && int.TryParse(Path.GetFileName(self), out var thread)) return new(mount + parts[2], "tasks", thread);
            }
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            // No such file, or none of that form: no cgroups either. On a thread of its own, whatever is not caught ends the server.
        }

        return null;
    }

    private sealed record Place(string Folder, string File, int Id);

    private sealed class Holder(CgroupMoves owner) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                if (--owner._holders == 0) owner._left.Set();
            }
        }
    }
}
