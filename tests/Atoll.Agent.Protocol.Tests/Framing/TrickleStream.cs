namespace Atoll.Agent.Protocol.Tests.Framing;

/// <summary>Bytes that come at most so many at a time, as from a network.</summary>
internal sealed class TrickleStream(byte[] bytes, int most) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
}
