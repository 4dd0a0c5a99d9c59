namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Where an import's parts come from: the store, or a file that is being read.</summary>
internal interface IPartSource
{
    /// <summary>Fills the buffer with the next part, which has that length. Parts are asked for once, in the manifest's order. Nothing is checked yet.</summary>
    /// <exception cref="Faults.FaultException">It cannot be had.</exception>
    Task ReadAsync(Packed packed, ExportPart part, Memory<byte> buffer, CancellationToken cancellation);
}
