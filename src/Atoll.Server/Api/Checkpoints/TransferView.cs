namespace Atoll.Server.Api.Checkpoints;

/// <summary>How far an export or import has come.</summary>
/// <param name="DoneBytes">Bytes of disk streams, uncompressed.</param>
/// <param name="TotalBytes">Null for an export: its end is known when it is reached.</param>
internal sealed record TransferView(long DoneBytes, long? TotalBytes);
