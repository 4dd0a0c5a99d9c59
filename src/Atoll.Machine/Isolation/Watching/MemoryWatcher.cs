using System.Collections.Concurrent;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Isolation.Watching;

/// <summary>One thread in epoll over what the kernel tells of the memory of each sandbox that is watched. Any thread.</summary>
internal sealed class MemoryWatcher : IDisposable
{
    private const ulong StopKey = 0;

    private readonly SandboxCgroups _cgroups;
    private readonly SafeFileHandle _epoll = Polling.CreateEpoll();
    private readonly SafeFileHandle _stop = Polling.CreateEvent();
    private readonly ConcurrentDictionary<ulong, Action> _watched = new();
    private readonly Thread _thread;
    private ulong _lastKey = StopKey;

    public MemoryWatcher(SandboxCgroups cgroups)
    {
        _cgroups = cgroups;
        Polling.Add(_epoll, _stop, Polling.Readable, StopKey);
        _thread = new Thread(Run) { IsBackground = true, Name = "sandbox memory" };
        _thread.Start();
    }

    /// <summary>Calls back when it is worth while to look at a sandbox's memory, often more than once; until what this returns is disposed.</summary>
    /// <param name="id">Of a sandbox that runs.</param>
    /// <param name="bytes">From so many in use on; null: only when the kernel kills something.</param>
    /// <param name="look">Returns at once and throws nothing.</param>
    /// <exception cref="IOException">It does not run, or there is no descriptor left.</exception>
    public IDisposable Watch(SandboxId id, long? bytes, Action look)
    {
        var key = Interlocked.Increment(ref _lastKey);
        _watched[key] = look;
        var watch = new Watched(this, key, _cgroups.OpenMemoryNotices(id, bytes));
        try
        {
            foreach (var notice in watch.Notices) Polling.Add(_epoll, notice, Polling.Readable | Polling.Urgent | Polling.Edge, key);
            return watch;
        }
        catch
        {
            watch.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Polling.Signal(_stop);
        _thread.Join();
        _epoll.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (Polling.WaitOne(_epoll) is var key && key != StopKey)
        {
            if (_watched.TryGetValue(key, out var look)) look();
        }
    }

    /// <summary>Closing the descriptors takes them out of the epoll set, and the kernel's notices with them.</summary>
    private sealed class Watched(MemoryWatcher owner, ulong key, IReadOnlyList<SafeFileHandle> notices) : IDisposable
    {
        public IReadOnlyList<SafeFileHandle> Notices => notices;

        public void Dispose()
        {
            owner._watched.TryRemove(key, out _);
            foreach (var notice in notices) notice.Dispose();
        }
    }
}
