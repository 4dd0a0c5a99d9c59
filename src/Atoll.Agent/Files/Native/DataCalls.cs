using System.Runtime.InteropServices;

namespace Atoll.Agent.Files.Native;

/// <summary>The bytes of open files and directories. Interrupted calls are repeated; each returns a count, or −1 with an errno.</summary>
internal static unsafe partial class DataCalls
{
    private const int SeekData = 3;
    private const int SeekHole = 4;

    public static int Read(Descriptor file, Span<byte> into, out int errno)
    {
        fixed (byte* start = into) return Repeat(file.Number, start, into.Length, &read, out errno);
    }

    public static int ReadAt(Descriptor file, Span<byte> into, long offset, out int errno)
    {
        fixed (byte* start = into)
        {
            nint count;
            do
            {
                count = pread(file.Number, start, into.Length, offset);
                errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (errno == Errno.Interrupted);
            return (int)count;
        }
    }

    /// <summary>Writes all of it, or says why not.</summary>
    public static int Write(Descriptor file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* start = bytes)
            {
                var count = Repeat(file.Number, start, bytes.Length, &write, out var errno);
                if (errno != 0) return errno;
                bytes = bytes[count..];
            }
        }

        return 0;
    }

    public static int ReadDirectory(Descriptor directory, Span<byte> into, out int errno)
    {
        fixed (byte* start = into) return Repeat(directory.Number, start, into.Length, &getdents64, out errno);
    }

    /// <summary>The magic number of the filesystem that holds the file, 0 where it cannot be told.</summary>
    public static long Filesystem(Descriptor file)
    {
        var answer = stackalloc long[16];
        return fstatfs(file.Number, answer) == 0 ? answer[0] : 0;
    }

    public static int Resize(Descriptor file, long size) => ftruncate(file.Number, size) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public static long Seek(Descriptor file, long offset) => lseek(file.Number, offset, 0);

    /// <summary>Where the next data begins at or after an offset; null when only a hole is left. A filesystem that does not know of holes says: here.</summary>
    public static long? NextData(Descriptor file, long offset)
    {
        var found = lseek(file.Number, offset, SeekData);
        if (found >= 0) return found;
        return Marshal.GetLastPInvokeError() == Errno.NoDevice ? null : offset;
    }

    public static long NextHole(Descriptor file, long offset, long size)
    {
        var found = lseek(file.Number, offset, SeekHole);
        return found > offset ? Math.Min(found, size) : size;
    }

    /// <summary>Copies inside the kernel, sharing blocks where the filesystem can.</summary>
    public static long CopyRange(Descriptor from, long fromOffset, Descriptor to, long toOffset, long length, out int errno)
    {
        var copied = copy_file_range(from.Number, &fromOffset, to.Number, &toOffset, (nint)length, 0);
        errno = copied < 0 ? Marshal.GetLastPInvokeError() : 0;
        return copied;
    }

    private static int Repeat(int file, byte* start, int length, delegate*<int, byte*, nint, nint> call, out int errno)
    {
        nint count;
        do
        {
            count = call(file, start, length);
            errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == Errno.Interrupted);
        return (int)count;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int file, byte* into, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int file, byte* into, nint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, byte* from, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(int directory, byte* into, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(int file, long* answer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int file, long size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int file, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long copy_file_range(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);
}
