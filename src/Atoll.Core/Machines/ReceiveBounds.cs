namespace Atoll.Core.Machines;

/// <summary>What a received disk may take. Whoever wrote the stream is not trusted.</summary>
/// <param name="DiskBytes">On this host's storage.</param>
/// <param name="Entries">Files, directories and links made.</param>
public sealed record ReceiveBounds(long DiskBytes, long Entries);
