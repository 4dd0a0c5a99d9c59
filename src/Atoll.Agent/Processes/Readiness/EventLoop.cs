using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Atoll.Agent.Native;

namespace Atoll.Agent.Processes.Readiness;

/// <summary>
/// One thread that watches the pipes and terminals of all processes and hears of their end. All that happens to a process's output happens here, one thing after another, so that
/// it needs no locks: a process's end is never seen before what it wrote can be read. (The framework has no asynchronous pipes, and a thread for each would cost a stack each.)
/// Whoever awaits output goes on on this thread as well, so that a command's last word is on its way to the host without another thread being woken for it; nothing here may block.
/// </summary>
internal sealed unsafe class EventLoop
{
    private const int MaxEvents = 64;

    /// <summary>In a row.</summary>
    private const int MostRefused = 1000;

    private readonly int _queue;
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (IPolled Polled, int Descriptor, uint Events)> _polled = [];
    private ulong _lastKey;

    private EventLoop(int queue, int counter) => (_queue, Counter) = (queue, counter);

    /// <summary>An eventfd: adding to it wakes the loop. The handler of SIGCHLD does.</summary>
    public int Counter { get; }

    /// <summary>Called once, first of all on the loop's thread.</summary>
    public Action Begun { get; set; } = () => { };

    /// <summary>Called at each waking, for the end of children.</summary>
    public Action Woken { get; set; } = () => { };

    /// <summary>Called with what a callback threw: a bug, but no reason to end process 1 and the sandbox with it.</summary>
    public Action<Exception> Failed { get; set; } = _ => { };

    public static EventLoop? TryCreate()
    {
        var (queue, counter) = (Polling.CreateQueue(), Polling.CreateCounter());
        if (queue < 0 || counter < 0) return null;
        var wake = new Polling.Event { Events = Polling.Readable, Data = 0 };
        return Polling.Control(queue, Polling.Add, counter, &wake) == 0 ? new EventLoop(queue, counter) : null;
    }

    /// <summary>Half a megabyte of stack, most of it never touched: continuations go on here only while a good part is left.</summary>
    public void Start() => new Thread(Run, 512 * 1024) { IsBackground = true }.Start();

    /// <summary>Runs something on the loop's thread, soon. From any thread.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        ulong one = 1;
        _ = Descriptors.Write(Counter, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Watches a descriptor until <see cref="Unwatch"/>. From any thread. Returns a key, or 0 when the kernel refuses.</summary>
    public ulong Watch(int descriptor, uint events, IPolled polled)
    {
        lock (_lock)
        {
            var key = ++_lastKey;
            var change = new Polling.Event { Events = events, Data = key };
            if (Polling.Control(_queue, Polling.Add, descriptor, &change) != 0) return 0;
            _polled.Add(key, (polled, descriptor, events));
            return key;
        }
    }

    /// <summary>
    /// After a restore: everything is watched anew, by another queue in the old one's place. In the restored one a connection that broke with the restore is reported without end, also when it is
    /// watched no more, and nothing behind it ever (gVisor 20240729).
    /// </summary>
    public void Renew()
    {
        lock (_lock)
        {
            var fresh = Polling.CreateQueue();
            if (fresh < 0) return;
            var wake = new Polling.Event { Events = Polling.Readable, Data = 0 };
            _ = Polling.Control(fresh, Polling.Add, Counter, &wake);
            foreach (var (key, watched) in _polled)
            {
                var change = new Polling.Event { Events = watched.Events, Data = key };
                _ = Polling.Control(fresh, Polling.Add, watched.Descriptor, &change);
            }

            _ = Descriptors.Duplicate(fresh, _queue);
            _ = Descriptors.Close(fresh);
        }

        // Who waits at the old one goes on at the new one.
        Post(() => { });
    }

    /// <summary>From any thread, before the descriptor is closed. On another thread than the loop's, one last event may be on its way already.</summary>
    public void Unwatch(int descriptor, ulong key)
    {
        lock (_lock)
        {
            if (!_polled.Remove(key)) return;
            var change = default(Polling.Event);
            _ = Polling.Control(_queue, Polling.Remove, descriptor, &change);
        }
    }

    private void Run()
    {
        var events = stackalloc Polling.Event[MaxEvents];
        var refused = 0;
        Begun();
        while (true)
        {
            var count = Polling.Wait(_queue, events, MaxEvents, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                // A queue that is being replaced may refuse a wait that a restore interrupted; one that refuses all of them cannot be waited for.
                if (++refused > MostRefused) throw new InvalidOperationException("epoll_wait failed.");
                continue;
            }

            refused = 0;
            for (var index = 0; index < count; index++)
            {
                var ready = events[index];
                if (ready.Data == 0) Guard(OnWoken);
                else if (Find(ready.Data) is { } polled) Guard(() => polled.OnReady(ready.Events));
            }
        }
    }

    private IPolled? Find(ulong key)
    {
        lock (_lock) return _polled.GetValueOrDefault(key).Polled;
    }

    private void OnWoken()
    {
        // The count first: what is posted or ends after this wakes the loop again.
        ulong count;
        _ = Descriptors.Read(Counter, (byte*)&count, sizeof(ulong));
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var action); left--) Guard(action);
        Guard(Woken);
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            Failed(failure);
        }
    }
}
