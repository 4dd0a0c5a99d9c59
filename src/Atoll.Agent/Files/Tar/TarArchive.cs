using Atoll.Agent.Files.Native;
using Atoll.Agent.Files.Reading;
using Atoll.Agent.Files.Tree;

namespace Atoll.Agent.Files.Tar;

/// <summary>
/// A file or a directory's content as a tar stream, made as it is read. Sockets and devices have no place in an archive and are left out. A header promises a length:
/// a file that shrinks while it is read is filled up with zeros and one that grows is cut, so that what follows stays readable. A further name of a file becomes a link to the first, and
/// a file with large holes is written without them.
/// </summary>
internal sealed class TarArchive(byte[] path, Accounts accounts, CancellationToken cancellation)
{
    private readonly LinkedFiles _linked = new();
    private Memory<byte> _buffer;
    private int _used;

    /// <summary>Fills the buffer again and again; yields how much is in it each time it is full, and at the end. The buffer is free again when the enumeration goes on.</summary>
    public IEnumerable<int> Fill(Memory<byte> buffer)
    {
        _buffer = buffer;
        var top = FileCalls.Open(Descriptor.None, path, OpenFlags.CarefulRead, 0, out var errno) ?? throw FileFailure.Of(errno, path);
        FileStatus status;
        using (top)
        {
            FileFailure.Check(FileCalls.Status(top, out status), path);
            if (!status.IsDirectory && status.Type != FileType.Regular) throw FileFailure.NotRegular(path);
            if (!status.IsDirectory) ProcFiles.Check(top, path);
            if (status.IsDirectory)
            {
                var skip = path is [(byte)'/'] ? 1 : path.Length + 1;
                foreach (var item in TreeWalk.Below(top, path, depth: null, skipClosed: false, cancellation))
                {
                    foreach (var full in Add(item, item.Path[skip..])) yield return full;
                }
            }
            else
            {
                foreach (var full in AddFile(top, status, GuestPath.Name(path).ToArray())) yield return full;
            }
        }

        // Two blocks of zeros end an archive.
        foreach (var full in Put(new byte[2 * TarBlock.Size])) yield return full;
        if (_used > 0) yield return _used;
    }

    private IEnumerable<int> Add(TreeItem item, byte[] name)
    {
        switch (item.Status.Type)
        {
            case FileType.Regular:
                using (var file = FileCalls.Open(item.Directory, item.Name, OpenFlags.CarefulRead | OpenFlags.NoFollow, 0, out var errno))
                {
                    // Gone, or swapped for a symlink, since it was met.
                    if (errno is Errno.NotFound or Errno.Loop) yield break;
                    FileFailure.Check(errno, item.Path);
                    FileFailure.Check(FileCalls.Status(file!, out var status), item.Path);
                    if (status.Type != FileType.Regular) yield break;
                    ProcFiles.Check(file!, item.Path);
                    foreach (var full in AddFile(file!, status, name)) yield return full;
                }

                break;
            case FileType.Symlink:
                if (FileCalls.ReadLink(item.Directory, item.Name, out _) is not { } target) yield break;
                foreach (var full in Put(TarHeader.Write(name, item.Status, 0, target, accounts))) yield return full;
                break;
            case FileType.Directory or FileType.Fifo:
                foreach (var full in Put(TarHeader.Write(name, item.Status, 0, [], accounts))) yield return full;
                break;
        }
    }

    private IEnumerable<int> AddFile(Descriptor file, FileStatus status, byte[] name)
    {
        var length = (long)status.Size;
        if (_linked.FirstName(status, name) is { } first)
        {
            foreach (var full in Put(TarHeader.WriteLink(name, status, first, accounts))) yield return full;
            yield break;
        }

        if (HoleFinder.Find(file, length, cancellation) is { } map)
        {
            var told = SparseText.Write(map);
            foreach (var full in Put(TarHeader.WriteSparse(name, status, told.Length + map.DataBytes, length, accounts))) yield return full;
            foreach (var full in Put(told)) yield return full;
            foreach (var (offset, count) in map.Extents)
            {
                foreach (var full in PutContent(file, name, offset, offset + count)) yield return full;
            }

            foreach (var full in Put(new byte[TarBlock.Padding(map.DataBytes)])) yield return full;
            yield break;
        }

        foreach (var full in Put(TarHeader.Write(name, status, length, [], accounts))) yield return full;
        foreach (var full in PutContent(file, name, 0, length)) yield return full;
        foreach (var full in Put(new byte[TarBlock.Padding(length)])) yield return full;
    }

    private IEnumerable<int> PutContent(Descriptor file, byte[] name, long position, long end)
    {
        var ended = false;
        while (position < end)
        {
            var room = _buffer[_used..][..(int)Math.Min(_buffer.Length - _used, end - position)];
            var errno = 0;
            var count = ended ? 0 : DataCalls.ReadAt(file, room.Span, position, out errno);
            FileFailure.Check(errno, GuestPath.Join(path, name));
            if (count == 0)
            {
                ended = true;
                room.Span.Clear();
                count = room.Length;
            }

            position += count;
            _used += count;
            if (_used < _buffer.Length) continue;
            cancellation.ThrowIfCancellationRequested();
            yield return _used;
            _used = 0;
        }
    }

    private IEnumerable<int> Put(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(bytes.Length - at, _buffer.Length - _used);
            bytes.AsSpan(at, count).CopyTo(_buffer.Span[_used..]);
            at += count;
            _used += count;
            if (_used < _buffer.Length) continue;
            yield return _used;
            _used = 0;
        }
    }
}
