namespace Atoll.Core.Guests.Files;

/// <summary>A file, directory or other entry.</summary>
/// <param name="Path">Absolute. Bytes that are no UTF-8 appear as U+FFFD; then <paramref name="RawPath"/> has them.</param>
/// <param name="Mode">Permission bits, 0 to 07777.</param>
/// <param name="User">The owner's name inside, or its number.</param>
/// <param name="SymlinkTarget">Where a symlink points, as written in it.</param>
/// <param name="RawPath">The path's bytes when they are no UTF-8, else null.</param>
/// <param name="RawTarget">The target's, likewise.</param>
public sealed record FileEntry(
    string Path,
    FileKind Kind,
    long SizeBytes,
    int Mode,
    int Uid,
    int Gid,
    string User,
    string Group,
    DateTimeOffset ModifiedAt,
    DateTimeOffset AccessedAt,
    DateTimeOffset ChangedAt,
    string? SymlinkTarget,
    ReadOnlyMemory<byte>? RawPath,
    ReadOnlyMemory<byte>? RawTarget = null)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
