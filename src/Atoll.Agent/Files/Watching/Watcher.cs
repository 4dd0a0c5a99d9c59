using System.Buffers.Binary;
using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Tree;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Files.Watching;

/// <summary>
/// Reports changes below a path, as they come, until it is stopped or the path itself is removed or renamed (which is the last thing it reports).
/// <para>A directory that appears is watched first and then listed, so that nothing made in it meanwhile is missed; what both tell is told once. When the kernel's queue
/// overflows, that is reported and the whole tree is watched anew.</para>
/// <para>One thread reads; <see cref="Stop"/> may be called from another.</para>
/// </summary>
internal sealed class Watcher : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>struct inotify_event: watch 4, mask 4, cookie 4, length 4, then the name.</summary>
    private const int HeaderBytes = 16;

    /// <summary>The two halves of a rename are queued one after the other, but not in one step.</summary>
    private const int RenameGraceMilliseconds = 50;

    private readonly Descriptor _inotify = InotifyCalls.Open();
    private readonly Descriptor _stop = InotifyCalls.OpenSignal();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly WatchTable _table;
    private readonly byte[] _root;
    private readonly bool _recursive;
    private readonly Accounts _accounts;
    private readonly HashSet<ByteString> _told = [];
    private int _rootWatch;
    private (uint Cookie, byte[] Path)? _movedAway;
    private bool _ended;

    private Watcher(byte[] root, bool recursive, Accounts accounts)
    {
        (_root, _recursive, _accounts) = (root, recursive, accounts);
        _table = new WatchTable(_inotify);
    }

    /// <summary>The watch is in force when this returns.</summary>
    public static Watcher Start(byte[] path, bool recursive, Accounts accounts)
    {
        var watcher = new Watcher(path, recursive, accounts);
        try
        {
            if (!watcher._table.TryAdd(path, WatchMask.Top, out watcher._rootWatch, out var errno)) throw errno == Errno.NoSpace ? TooMany(path) : FileFailure.Of(errno, path);
            if (watcher.WatchBelow(path, isNew: false).Any()) throw TooMany(path);
            return watcher;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    public void Stop() => InotifyCalls.Raise(_stop);

    /// <summary>Ends when the watch does. Waits inside: for a thread of its own.</summary>
    public IEnumerable<Change> Run()
    {
        yield return new Change { Kind = ChangeKind.Watching, Path = UnsafeByteOperations.UnsafeWrap(_root) };
        while (!_ended)
        {
            if (!InotifyCalls.Wait(_inotify, _stop, _movedAway is null ? -1 : RenameGraceMilliseconds))
            {
                if (_movedAway is null) yield break;
                FinishMove();
                continue;
            }

            var length = DataCalls.Read(_inotify, _buffer, out var errno);
            if (errno == Errno.Again) continue;
            FileFailure.Check(errno, _root);
            WatchEvent last = default;
            foreach (var happened in Parse(length))
            {
                if (last.Name is not null && happened.IsRepeatOf(last) && happened.Has(WatchMask.Modified | WatchMask.Attributes)) continue;
                last = happened;
                foreach (var change in Translate(happened)) yield return change;
            }

            // The queue is empty: what was listed and not yet reported by it never will be.
            if (!InotifyCalls.Wait(_inotify, _stop, 0)) _told.Clear();
        }
    }

    public void Dispose()
    {
        _inotify.Dispose();
        _stop.Dispose();
    }

    private static FileFailure TooMany(byte[] path) => new(
        FailureCode.TooMany,
        $"{GuestPath.Display(path)} has too many directories: a watch takes at most {WatchTable.MaxWatches}, and the kernel's limit may be lower (fs.inotify.max_user_watches)");

    private List<WatchEvent> Parse(int length)
    {
        List<WatchEvent> events = [];
        var rest = _buffer.AsSpan(0, length);
        while (rest.Length >= HeaderBytes)
        {
            var nameLength = BinaryPrimitives.ReadInt32LittleEndian(rest[12..]);
            events.Add(new WatchEvent(
                BinaryPrimitives.ReadInt32LittleEndian(rest),
                (WatchMask)BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]),
                BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]),
                rest.Slice(HeaderBytes, nameLength).TrimEnd((byte)0).ToArray()));
            rest = rest[(HeaderBytes + nameLength)..];
        }

        return events;
    }

    private IEnumerable<Change> Translate(WatchEvent happened)
    {
        if (happened.Has(WatchMask.Overflow)) return Restart();

        // Before the path is looked up: a directory whose other half does not follow has left, and its watches with it.
        var continues = happened.Has(WatchMask.MovedTo) && _movedAway is { } moved && moved.Cookie == happened.Cookie;
        if (!continues) FinishMove();
        if (!_table.TryGetPath(happened.Watch, out var directory)) return [];
        if (happened.Has(WatchMask.Ignored))
        {
            _table.Forget(happened.Watch);
            return [];
        }

        if (happened.Watch == _rootWatch && happened.Has(WatchMask.DeletedSelf | WatchMask.MovedSelf | WatchMask.Unmounted))
        {
            _ended = true;
            return [Report(happened.Has(WatchMask.MovedSelf) ? ChangeKind.Renamed : ChangeKind.Removed, _root)];
        }

        // Of a directory below, its parent's watch tells the same with its name.
        if (happened.Name.Length == 0 && happened.Watch != _rootWatch) return [];
        return Translate(happened, GuestPath.Join(directory, happened.Name), continues);
    }

    private IEnumerable<Change> Translate(WatchEvent happened, byte[] path, bool continues)
    {
        var directory = _recursive && happened.Has(WatchMask.IsDirectory);
        if (happened.Has(WatchMask.MovedTo) && continues && directory)
        {
            _table.Rename(_movedAway!.Value.Path, path);
            _movedAway = null;
            return [Report(ChangeKind.Created, path)];
        }

        if (happened.Has(WatchMask.MovedTo | WatchMask.Created))
        {
            IEnumerable<Change> created = _told.Remove(UnsafeByteOperations.UnsafeWrap(path)) ? [] : [Report(ChangeKind.Created, path)];
            return directory ? created.Concat(WatchNew(path)) : created;
        }

        if (happened.Has(WatchMask.MovedFrom))
        {
            if (directory) _movedAway = (happened.Cookie, path);
            return [Report(ChangeKind.Renamed, path)];
        }

        var kind = happened.Has(WatchMask.Deleted) ? ChangeKind.Removed : happened.Has(WatchMask.Modified) ? ChangeKind.Written : ChangeKind.ModeChanged;
        return [Report(kind, path)];
    }

    private void FinishMove()
    {
        if (_movedAway is { } moved) _table.Drop(moved.Path);
        _movedAway = null;
    }

    /// <summary>Watches a directory that appeared and reports what is in it already.</summary>
    private IEnumerable<Change> WatchNew(byte[] path) => _table.TryAdd(path, WatchMask.Below, out _, out var errno)
        ? WatchBelow(path, isNew: true)
        : errno == Errno.NoSpace ? [Lost(path)] : [];

    /// <summary>Watches every directory below one. Yields what is in a new one, and <c>Overflow</c> when no more watches are to be had: changes will be missed.</summary>
    private IEnumerable<Change> WatchBelow(byte[] path, bool isNew)
    {
        if (!_recursive) yield break;
        using var top = FileCalls.Open(Descriptor.None, path, isNew ? OpenFlags.DirectoryRead : OpenFlags.DirectoryRead & ~OpenFlags.NoFollow, 0, out _);
        if (top is null) yield break;
        foreach (var item in TreeWalk.Below(top, path, TreeWalk.MaxDepth, skipClosed: true, CancellationToken.None))
        {
            if (isNew && _told.Count < WatchTable.MaxWatches && _told.Add(UnsafeByteOperations.UnsafeWrap(item.Path))) yield return Report(ChangeKind.Created, item.Path);
            if (!item.Status.IsDirectory || _table.TryAdd(item.Path, WatchMask.Below, out _, out var errno) || errno != Errno.NoSpace) continue;
            yield return Lost(item.Path);
            yield break;
        }
    }

    /// <summary>Events were lost, those of new directories among them.</summary>
    private IEnumerable<Change> Restart()
    {
        _movedAway = null;
        _told.Clear();
        _table.Drop(_root);
        _ended = !_table.TryAdd(_root, WatchMask.Top, out _rootWatch, out _);
        foreach (var lost in WatchBelow(_root, isNew: false)) yield return lost;
        yield return Lost(_root);
    }

    private static Change Lost(byte[] path) => new() { Kind = ChangeKind.Overflow, Path = UnsafeByteOperations.UnsafeWrap(path) };

    private Change Report(ChangeKind kind, byte[] path)
    {
        var change = new Change { Kind = kind, Path = UnsafeByteOperations.UnsafeWrap(path) };
        if (kind is ChangeKind.Removed or ChangeKind.Renamed) return change;
        if (FileCalls.Status(Descriptor.None, path, follow: false, out var status) == 0)
        {
            change.Entry = Entries.Describe(Descriptor.None, path, path, status, _accounts);
        }

        return change;
    }
}
