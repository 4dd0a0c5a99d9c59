namespace Atoll.Client.Checkpoints;

/// <summary>How far an export or import has come.</summary>
/// <param name="DoneBytes">Bytes of disk streams, uncompressed.</param>
/// <param name="TotalBytes">Null when it is not known.</param>
public sealed record TransferInfo(long DoneBytes, long? TotalBytes);
