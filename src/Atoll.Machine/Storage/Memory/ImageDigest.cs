using System.Buffers;
using System.IO.Hashing;

namespace Atoll.Machine.Storage.Memory;

/// <summary>
/// XXH128 of files: finds every torn write and flipped bit at the speed of memory (a gigabyte in some 150 ms), and a full checkpoint's whole content is read before each use. It is no proof against
/// somebody who can write in a folder of root's own, which is why the manifest decides nothing.
/// </summary>
internal static class ImageDigest
{
    private const int Buffer = 1 << 20;

    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(XxHash128.Hash(content));

    public static MemoryFile Of(string folder, string name, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            var hash = new XxHash128();
            var bytes = 0L;
            using var file = File.OpenHandle(Path.Combine(folder, name));
            while (RandomAccess.Read(file, buffer, bytes) is > 0 and var read)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.Append(buffer.AsSpan(0, read));
                bytes += read;
            }

            return new MemoryFile(name, bytes, Convert.ToHexStringLower(hash.GetCurrentHash()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
