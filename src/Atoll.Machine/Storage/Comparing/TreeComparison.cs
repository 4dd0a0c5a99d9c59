using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Atoll.Core.Machines;
using Atoll.Machine.Native;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Storage.Comparing;

/// <summary>
/// Which paths differ between two read-only trees. The kernel's stream of steps from one to the other only names the candidates, and costs what changed and not what is there; whether and how
/// a candidate differs is then looked up in both trees. So the names that the stream gives things on the way (<c>o257-12-0</c>), and what it moves to and fro, need not be followed.
/// A directory that moved is walked, in both trees, because the stream does not name what moved with it.
/// </summary>
internal sealed partial class TreeComparison : IDisposable
{
    /// <summary>Looked at in all, per path asked for: what is looked at and found equal must not go on for ever.</summary>
    private const int LooksPerPath = 20;
    private readonly TreeView _from;
    private readonly TreeView _to;
    private readonly int _limit;
    private readonly Dictionary<string, bool> _candidates = new(StringComparer.Ordinal);
    private readonly HashSet<string> _moved = new(StringComparer.Ordinal);
    private readonly List<DiskEntry> _added = [];
    private readonly List<DiskEntry> _changed = [];
    private readonly List<DiskEntry> _removed = [];
    private bool _truncated;

    private TreeComparison(string from, string to, int limit) => (_from, _to, _limit) = (new(from), new(to), limit);

    private int Found => _added.Count + _changed.Count + _removed.Count;

    private bool Enough => Found >= _limit;

    /// <param name="send">Writes the stream into a pipe, blocking.</param>
    public static DiskDiff Run(string from, string to, int limit, Action<SafeFileHandle> send)
    {
        using var comparison = new TreeComparison(from, to, limit);
        comparison.Read(send);
        comparison.Look();
        return new DiskDiff(Sorted(comparison._added), Sorted(comparison._changed), Sorted(comparison._removed), comparison._truncated);
    }

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }

    private void Read(Action<SafeFileHandle> send)
    {
        using var read = Pipe.Create(out var write);
        var sending = Task.Factory.StartNew(
            () =>
            {
                using (write) send(write);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            var reader = new StreamReader(read);
            for (var step = reader.Next(); step.Kind is not StepKind.End; step = reader.Next())
            {
                if (_candidates.Count + _moved.Count > (long)_limit * LooksPerPath)
                {
                    _truncated = true;
                    break;
                }

                Note(step);
            }
        }
        catch (InvalidDataException broken)
        {
            // The stream ends early when the kernel gives up: its own words are better.
            read.Dispose();
            sending.GetAwaiter().GetResult();
            throw new IOException($"The comparison failed: {broken.Message}");
        }

        // The kernel notices that nobody reads any more.
        read.Dispose();
        sending.ContinueWith(static done => _ = done.Exception, TaskScheduler.Default).GetAwaiter().GetResult();
    }

    private void Note(StreamStep step)
    {
        if (step.Path is { Length: > 0 } path && !IsPassing(path))
        {
            _candidates[path] = step.Kind is StepKind.Content || _candidates.GetValueOrDefault(path);
            if (step.Kind is StepKind.Moved) _moved.Add(path);
        }

        if (step.Second is not { Length: > 0 } second || IsPassing(second)) return;
        _candidates.TryAdd(second, false);
        if (step.Kind is StepKind.Moved) _moved.Add(second);
    }

    private void Look()
    {
        foreach (var (path, content) in _candidates.OrderBy(x => x.Key, StringComparer.Ordinal))
        {
            if (Enough)
            {
                _truncated = true;
                return;
            }

            Look(path, content, path);
        }
    }

    private void Look(string path, bool content, string candidate)
    {
        // What a walk reaches and the stream names too is looked at for its own sake.
        if (path != candidate && _candidates.ContainsKey(path)) return;
        var (before, after) = (_from.Look(path), _to.Look(path));
        if (before is null && after is null) return;
        if (before is { } old && after is { } now && old.SameType(now))
        {
            if (Differs(old, now, content)) _changed.Add(Entry(path, now, old.IsFile ? old.Size : null));
        }
        else
        {
            if (before is { } gone) _removed.Add(Entry(path, gone));
            if (after is { } come) _added.Add(Entry(path, come));
        }

        // Of a directory that is not the one that was there, everything below is other.
        if (before?.Inode == after?.Inode && !_moved.Contains(candidate)) return;
        if (before?.IsDirectory == true || after?.IsDirectory == true) Walk(path, before, after, candidate);
    }

    private void Walk(string path, TreeEntry? before, TreeEntry? after, string candidate)
    {
        var names = before?.IsDirectory == true ? _from.List(path) : [];
        if (after?.IsDirectory == true) names.AddRange(_to.List(path));
        foreach (var name in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (Enough)
            {
                _truncated = true;
                return;
            }

            Look($"{path}/{name}", false, candidate);
        }
    }

    /// <summary>A directory's own times say nothing: what came and went in it is listed itself. One more or fewer link to a file does not change the file.</summary>
    private static bool Differs(TreeEntry before, TreeEntry after, bool content)
    {
        if ((before.Mode, before.User, before.Group) != (after.Mode, after.User, after.Group)) return true;
        if (before.IsDirectory) return content;
        return content || before.Size != after.Size || before.Modified != after.Modified
            || (before.Inode == after.Inode && before.Links == after.Links && before.StatusChanged != after.StatusChanged);
    }

    private static DiskEntry Entry(string path, TreeEntry entry, long? before = null)
    {
        var bytes = Encoding.Latin1.GetBytes("/" + path);
        return new(
            Encoding.UTF8.GetString(bytes),
            entry.IsFile ? DiskEntryKind.File : entry.IsDirectory ? DiskEntryKind.Directory : entry.IsLink ? DiskEntryKind.Symlink : DiskEntryKind.Other,
            entry.IsFile ? entry.Size : 0,
            before,
            Utf8.IsValid(bytes) ? (ReadOnlyMemory<byte>?)null : bytes);
    }

    private static ImmutableArray<DiskEntry> Sorted(List<DiskEntry> entries) => [.. entries.OrderBy(x => x.Path, StringComparer.Ordinal)];

    /// <summary>A name that the stream gives to what has no place yet, at the top; one that is really there is no such name.</summary>
    private bool IsPassing(string path)
    {
        if (!PassingName().IsMatch(path)) return false;
        var end = path.IndexOf('/', StringComparison.Ordinal);
        var top = end < 0 ? path : path[..end];
        return _from.Look(top) is null && _to.Look(top) is null;
    }

    [GeneratedRegex(@"^o[0-9]+-[0-9]+-[0-9]+(/|\z)")]
    private static partial Regex PassingName();
}
