using System.Security.Cryptography;
using Atoll.Machine.Native;

namespace Atoll.Machine.Storage.Btrfs;

/// <summary>
/// Clones of the trees that were asked for last, made before they are asked for again: a snapshot waits for a commit to the disk (2 ms, longer under load), and giving one that is there
/// another name does not. They lie in a folder of their own, <c>spares/</c>, where nothing looks for sandboxes; they are nobody's, and whoever opens the pool removes what it finds there.
/// Made once no clone has been asked for for a moment, so that no commit stands in the way of a start. Threads: any member at any time.
/// </summary>
/// <param name="most">Kept of one tree; 0: none.</param>
internal sealed class SpareShelf(string folder, int most, TimeProvider time) : IDisposable
{
    /// <summary>Templates in use at one time are few; those of the others are removed.</summary>
    private const int MostTrees = 4;

    private const int NameLength = 20;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    /// <summary>One that is being made is done in milliseconds; a disk that hangs hangs everything else as well.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The tree asked for last comes last.</summary>
    private readonly List<Shelf> _shelves = [];

    private ITimer? _timer;
    private long _asked;
    private bool _closed;

    /// <summary>With nobody else's spares: a crash leaves them.</summary>
    public void Open()
    {
        Directory.CreateDirectory(folder);
        Sweep();
        lock (_lock)
        {
            _closed = false;
            _shelves.Clear();
            _timer ??= time.CreateTimer(_ => Make(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A clone of the tree at a path, with this limit in force; false when there is none, and it has to be made. Either way more of them are made afterwards.</summary>
    /// <exception cref="SyscallException">The limit was refused; the clone is at the path.</exception>
    public bool TryTake(string root, string path, long limitBytes)
    {
        if (most == 0 || Directory.Exists(path)) return false;
        (string Path, long LimitBytes) spare;
        lock (_lock)
        {
            var shelf = Touch(root, limitBytes);
            _asked = time.GetTimestamp();
            _timer?.Change(Quiet, Timeout.InfiniteTimeSpan);
            if (!shelf.Spares.TryPop(out spare)) return false;
        }

        try
        {
            FileCall.Rename(spare.Path, path);
        }
        catch (SyscallException)
        {
            // Another process opened the pool and tidied it.
            Remove(spare.Path);
            return false;
        }

        if (spare.LimitBytes != limitBytes) BtrfsCall.Limit(path, limitBytes);
        return true;
    }

    /// <summary>Removes all of them, and makes no more until the next <see cref="Open"/>.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _shelves.Clear();
        }

        // What is being made is not kept any more.
        if (!_turn.Wait(Patience)) return;
        try
        {
            if (Directory.Exists(folder)) Sweep();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        lock (_lock) _closed = true;
        _timer?.Dispose();

        // Nothing of ours is in the pool any more, which somebody may want to unmount.
        if (_turn.Wait(Patience)) _turn.Release();
    }

    private Shelf Touch(string root, long limitBytes)
    {
        var shelf = _shelves.Find(known => known.Root == root) ?? new Shelf(root);
        shelf.LimitBytes = limitBytes;
        _shelves.Remove(shelf);
        _shelves.Add(shelf);
        return shelf;
    }

    /// <summary>One after the other, for as long as nobody wants the disk for a clone of his own.</summary>
    private void Make()
    {
        if (!_turn.Wait(0))
        {
            MakeLater();
            return;
        }

        try
        {
            foreach (var old in Outdated()) Remove(old);
            while (Next() is { } next)
            {
                var path = Path.Combine(folder, RandomNumberGenerator.GetHexString(NameLength, lowercase: true));
                BtrfsCall.Snapshot(next.Root, path, next.LimitBytes);
                if (!TryKeep(next.Root, path, next.LimitBytes)) Remove(path);
            }

            MakeLater();
        }
        catch (IOException)
        {
            // The template is gone, or the pool is full or closed: clones are made when they are asked for, which says why when it fails.
        }
        finally
        {
            _turn.Release();
        }
    }

    private (string Root, long LimitBytes)? Next()
    {
        lock (_lock) return time.GetElapsedTime(_asked) >= Quiet && Lacking() is { } shelf ? (shelf.Root, shelf.LimitBytes) : null;
    }

    /// <summary>Some are lacking still: a clone was asked for meanwhile, or the timer, which counts whole milliseconds, came a moment too early.</summary>
    private void MakeLater()
    {
        lock (_lock)
        {
            if (Lacking() is not null) _timer?.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    private Shelf? Lacking() => !_closed && _shelves is [.., var last] && last.Spares.Count < most ? last : null;

    private bool TryKeep(string root, string path, long limitBytes)
    {
        lock (_lock)
        {
            if (_closed || _shelves.Find(known => known.Root == root) is not { } shelf) return false;
            shelf.Spares.Push((path, limitBytes));
            return true;
        }
    }

    private List<string> Outdated()
    {
        lock (_lock)
        {
            var old = _shelves.Take(Math.Max(0, _shelves.Count - MostTrees)).Concat(_shelves.Where(shelf => !Directory.Exists(shelf.Root))).Distinct().ToList();
            foreach (var shelf in old) _shelves.Remove(shelf);
            return [.. old.SelectMany(shelf => shelf.Spares).Select(spare => spare.Path)];
        }
    }

    private void Sweep()
    {
        foreach (var left in Directory.EnumerateDirectories(folder)) Remove(left);
    }

    private static void Remove(string path)
    {
        try
        {
            BtrfsCall.DestroySubvolume(path);
        }
        catch (SyscallException gone) when (gone.Errno == Errno.NoEntry)
        {
            // Another process was quicker.
        }
    }

    private sealed class Shelf(string root)
    {
        public string Root { get; } = root;

        public long LimitBytes { get; set; }

        public Stack<(string Path, long LimitBytes)> Spares { get; } = new();
    }
}
