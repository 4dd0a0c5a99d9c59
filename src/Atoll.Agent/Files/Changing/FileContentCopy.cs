using System.Buffers;
using Atoll.Agent.Files.Native;

namespace Atoll.Agent.Files.Changing;

/// <summary>Copies an open file's content: inside the kernel where it can, and without filling holes, so that a sparse file stays small.</summary>
internal static class FileContentCopy
{
    private const long Step = 64 * 1024 * 1024;

    /// <param name="path">For the failure.</param>
    public static void Run(Descriptor from, Descriptor to, long size, ReadOnlySpan<byte> path)
    {
        FileFailure.Check(DataCalls.Resize(to, size), path);
        long position = 0;
        while (position < size && DataCalls.NextData(from, position) is { } start && start < size)
        {
            position = DataCalls.NextHole(from, start, size);
            if (!CopyExtent(from, to, start, position, path)) return;
        }
    }

    /// <returns>False when the source ends early: it became shorter, and the copy keeps zeros there.</returns>
    private static bool CopyExtent(Descriptor from, Descriptor to, long start, long end, ReadOnlySpan<byte> path)
    {
        while (start < end)
        {
            var copied = DataCalls.CopyRange(from, start, to, start, Math.Min(end - start, Step), out var errno);
            if (errno is Errno.NoSpace or Errno.Quota or Errno.FileTooBig) throw FileFailure.Of(errno, path);

            // 0 is also what some kernels say of files of /proc: reading decides whether it is the end.
            if (errno != 0 || copied == 0) return CopyByHand(from, to, start, end, path);
            start += copied;
        }

        return true;
    }

    private static bool CopyByHand(Descriptor from, Descriptor to, long start, long end, ReadOnlySpan<byte> path)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            DataCalls.Seek(to, start);
            while (start < end)
            {
                var count = DataCalls.ReadAt(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - start)), start, out var errno);
                FileFailure.Check(errno, path);
                if (count == 0) return false;
                FileFailure.Check(DataCalls.Write(to, buffer.AsSpan(0, count)), path);
                start += count;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
