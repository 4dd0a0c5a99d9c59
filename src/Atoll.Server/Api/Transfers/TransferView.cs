namespace Atoll.Server.Api.Transfers;

/// <summary>How far an export, import or archive has come.</summary>
/// <param name="DoneBytes">Bytes of disk streams and memory, uncompressed.</param>
/// <param name="TotalBytes">Null for an export or archive: its end is known when it is reached.</param>
internal sealed record TransferView(long DoneBytes, long? TotalBytes);
