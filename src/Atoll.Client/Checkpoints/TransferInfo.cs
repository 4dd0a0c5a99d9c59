namespace Atoll.Client.Checkpoints;

/// <summary>How far an export, import or archive has come.</summary>
/// <param name="DoneBytes">Bytes of disk streams and memory, uncompressed.</param>
/// <param name="TotalBytes">Null when it is not known.</param>
public sealed record TransferInfo(long DoneBytes, long? TotalBytes);
