namespace Atoll.Core.Guests.Processes;

/// <summary>A run of output bytes from one stream.</summary>
/// <param name="Offset">Of the first byte.</param>
/// <param name="Bytes">Valid until the next event is asked for: whoever keeps them makes a copy.</param>
public sealed record OutputChunk(OutputStream Stream, long Offset, ReadOnlyMemory<byte> Bytes) : ProcessEvent
{
    /// <summary>Offset after the last byte: where to go on from.</summary>
    public long End => Offset + Bytes.Length;
}
