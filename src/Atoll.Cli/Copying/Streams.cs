using System.Buffers;

namespace Atoll.Cli.Copying;

/// <summary>Copies bytes and counts them.</summary>
internal static class Streams
{
    private const int ChunkBytes = 128 * 1024;

    public static async Task CopyAsync(Stream from, Stream to, Transfer transfer, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (await from.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
                transfer.Count(count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
