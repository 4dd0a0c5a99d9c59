namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// An export as one file, little-endian:
/// <code>
/// archive = "ATOLLCKP" version:u32 length:u32 manifest digest part*
/// </code>
/// <c>length</c> is the manifest's, <c>digest</c> its SHA-256 (32 bytes), the parts are the manifest's in its order, and nothing follows.
/// </summary>
internal static class ArchiveFormat
{
    public const int Version = 1;
    public const int HeadBytes = 16;
    public const int DigestBytes = 32;

    public static ReadOnlySpan<byte> Magic => "ATOLLCKP"u8;
}
