using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Watching;

/// <summary>
/// The watches of one call: which number stands for which path. The kernel watches files, not paths, so a directory that is renamed keeps its watches and gets new paths here.
/// </summary>
internal sealed class WatchTable(Descriptor inotify)
{
    /// <summary>About 1 KiB of kernel memory each.</summary>
    public const int MaxWatches = 65_536;

    private readonly Dictionary<int, byte[]> _paths = [];

    public bool TryGetPath(int watch, out byte[] path) => _paths.TryGetValue(watch, out path!);

    /// <returns>False with an errno: <see cref="Errno.NoSpace"/> when no more watches are to be had, another when the path is gone or no longer what may be watched.</returns>
    public bool TryAdd(byte[] path, WatchMask mask, out int watch, out int errno)
    {
        (watch, errno) = (-1, Errno.NoSpace);
        if (_paths.Count >= MaxWatches) return false;
        watch = InotifyCalls.Add(inotify, path, mask, out errno);
        if (watch < 0) return false;
        _paths[watch] = path;
        return true;
    }

    public void Forget(int watch) => _paths.Remove(watch);

    /// <summary>A directory got another name: so did everything below it.</summary>
    public void Rename(byte[] from, byte[] to)
    {
        foreach (var (watch, path) in _paths.Where(known => IsIn(known.Value, from)).ToArray()) _paths[watch] = [.. to, .. path.AsSpan(from.Length)];
    }

    /// <summary>A directory left what is watched: its watches end.</summary>
    public void Drop(byte[] directory)
    {
        foreach (var (watch, _) in _paths.Where(known => IsIn(known.Value, directory)).ToArray())
        {
            _paths.Remove(watch);
            InotifyCalls.Remove(inotify, watch);
        }
    }

    private static bool IsIn(byte[] path, byte[] directory) => path.AsSpan().SequenceEqual(directory) || GuestPath.IsBelow(path, directory);
}
