using System.Buffers;
using System.Buffers.Binary;
using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Tree;

/// <summary>The names in one open directory, read 32 KiB at a time: a directory of any size takes the same memory. Owns the descriptor.</summary>
internal sealed class DirectoryReader(Descriptor directory, byte[] path) : IDisposable
{
    private const int BufferBytes = 32 * 1024;

    /// <summary>struct linux_dirent64: inode 8, offset 8, length 2, type 1, then the name with its NUL.</summary>
    private const int NameOffset = 19;

    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _position;
    private int _end;

    public Descriptor Directory { get; } = directory;

    public byte[] Path { get; } = path;

    /// <summary>The next name, or null at the end; <c>.</c> and <c>..</c> are left out. A directory removed meanwhile has ended.</summary>
    public byte[]? Next()
    {
        while (true)
        {
            if (_position == _end && !Fill()) return null;
            var record = _buffer.AsSpan(_position, _end - _position);
            _position += BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);
            var name = record[NameOffset..];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) return name.ToArray();
        }
    }

    public void Dispose()
    {
        Directory.Dispose();
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
    }

    private bool Fill()
    {
        _position = 0;
        _end = DataCalls.ReadDirectory(Directory, _buffer.AsSpan(0, BufferBytes), out var errno);
        if (_end >= 0) return _end > 0;
        _end = 0;
        if (errno != Errno.NotFound) throw FileFailure.Of(errno, Path);
        return false;
    }
}
