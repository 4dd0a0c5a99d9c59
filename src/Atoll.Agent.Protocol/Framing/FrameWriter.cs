using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Atoll.Agent.Protocol.Framing;

/// <summary>Writes messages as frames. Bulk content goes through <see cref="PayloadFrame"/>, which copies once less.</summary>
public static class FrameWriter
{
    /// <exception cref="ArgumentException">The message is longer than <paramref name="limit"/>.</exception>
    public static async ValueTask WriteAsync(Stream destination, IMessage message, int limit, CancellationToken cancellation)
    {
        var length = message.CalculateSize();
        if (length > limit) throw new ArgumentException($"A message of {length} bytes; a frame holds at most {limit}.", nameof(message));
        var total = FrameLimits.HeaderBytes + length;
        var frame = ArrayPool<byte>.Shared.Rent(total);
        try
        {
            BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)length);
            message.WriteTo(frame.AsSpan(FrameLimits.HeaderBytes, length));
            await destination.WriteAsync(frame.AsMemory(0, total), cancellation);
        }
        finally
        {
            // The pool is shared and a frame may hold a token or an environment.
            frame.AsSpan(0, total).Clear();
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
