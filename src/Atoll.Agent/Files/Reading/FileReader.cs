using System.Buffers;
using Atoll.Agent.Files.Native;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files.Reading;

/// <summary>
/// A regular file open for reading a range. What it is is asked of the open descriptor, and opening never waits: a FIFO, socket, terminal or device is refused,
/// also when it was swapped in a moment before.
/// <para>Files that have no true size (/proc, /sys) are read whole when they are opened, at most <see cref="MaxUnsizedBytes"/>, since the length is promised first.</para>
/// </summary>
internal sealed class FileReader : IDisposable
{
    public const int MaxUnsizedBytes = 64 * 1024 * 1024;

    private const long SysFilesystem = 0x62656572;

    private readonly Descriptor _file;
    private readonly byte[] _path;
    private readonly MemoryStream? _unsized;
    private long _position;
    private long _left;

    private FileReader(Descriptor file, byte[] path, Entry entry, MemoryStream? unsized, ulong offset, ulong? length)
    {
        (_file, _path, _unsized) = (file, path, unsized);
        var size = (ulong)(unsized?.Length ?? (long)entry.Size);
        var start = Math.Min(offset, size);
        _position = (long)start;
        _left = (long)Math.Min(length ?? ulong.MaxValue, size - start);
        Entry = entry;
        Entry.Length = (ulong)_left;
    }

    /// <summary>The file when it was opened; its <c>length</c> is how many bytes will be read.</summary>
    public Entry Entry { get; }

    /// <param name="offset">Past the end there is nothing to read, which is no failure.</param>
    public static FileReader Open(byte[] path, ulong offset, ulong? length, Accounts accounts)
    {
        var file = FileCalls.Open(Descriptor.None, path, OpenFlags.CarefulRead, 0, out var errno) ?? throw FileFailure.Of(errno, path);
        try
        {
            FileFailure.Check(FileCalls.Status(file, out var status), path);
            if (status.IsDirectory) throw FileFailure.Of(Errno.IsADirectory, path);
            if (status.Type != FileType.Regular) throw FileFailure.NotRegular(path);
            var filesystem = DataCalls.Filesystem(file);
            ProcFiles.Check(file, path);
            var unsized = status.Size == 0 || filesystem is ProcFiles.Filesystem or SysFilesystem ? ReadWhole(file, path) : null;
            return new FileReader(file, path, Entries.Describe(file, [], path, status, accounts), unsized, offset, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The next bytes; 0 when all that was promised has been read.</summary>
    /// <exception cref="FileFailure">The file became shorter meanwhile: what was promised can no longer be kept.</exception>
    public int Read(Span<byte> into)
    {
        if (_left == 0) return 0;
        var wanted = into[..(int)Math.Min(into.Length, _left)];
        var errno = 0;
        int count;
        if (_unsized is not null)
        {
            _unsized.Position = _position;
            count = _unsized.Read(wanted);
        }
        else
        {
            count = DataCalls.ReadAt(_file, wanted, _position, out errno);
        }

        FileFailure.Check(errno, _path);
        if (count == 0) throw new FileFailure(FailureCode.Internal, $"{GuestPath.Display(_path)} became shorter while it was read");
        _position += count;
        _left -= count;
        return count;
    }

    public void Dispose()
    {
        _file.Dispose();
        _unsized?.Dispose();
    }

    private static MemoryStream ReadWhole(Descriptor file, byte[] path)
    {
        var whole = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (DataCalls.Read(file, buffer, out var errno) is not 0 and var count)
            {
                // A file that has nothing to say yet is a channel, whatever its mode says.
                if (errno == Errno.Again) throw FileFailure.NotRegular(path);
                FileFailure.Check(errno, path);
                whole.Write(buffer.AsSpan(0, count));
                if (whole.Length <= MaxUnsizedBytes) continue;
                throw new FileFailure(FailureCode.TooLarge, $"{GuestPath.Display(path)} gives more than {MaxUnsizedBytes >> 20} MiB and has no size");
            }

            return whole;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
