using System.Text.Json.Serialization;
using Atoll.Core.Guests.Files;

namespace Atoll.Server.Api.Files;

/// <summary>A file, directory or other entry.</summary>
/// <param name="Path">Absolute. Bytes that are no UTF-8 appear as U+FFFD; then <paramref name="RawPath"/> has them in base64.</param>
/// <param name="RawSymlinkTarget">The target's bytes in base64 where they are no UTF-8.</param>
/// <param name="Mode">Permission bits in octal, such as <c>0644</c>.</param>
internal sealed record FileView(
    string Path,
    string Name,
    FileKind Kind,
    long SizeBytes,
    string Mode,
    int Uid,
    int Gid,
    string User,
    string Group,
    DateTimeOffset ModifiedAt,
    DateTimeOffset AccessedAt,
    DateTimeOffset ChangedAt,
    string? SymlinkTarget,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RawPath,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RawSymlinkTarget)
{
    public static FileView Of(FileEntry entry) => new(
        entry.Path,
        entry.Name,
        entry.Kind,
        entry.SizeBytes,
        "0" + Convert.ToString(entry.Mode & 4095, 8).PadLeft(3, '0'),
        entry.Uid,
        entry.Gid,
        entry.User,
        entry.Group,
        entry.ModifiedAt,
        entry.AccessedAt,
        entry.ChangedAt,
        entry.SymlinkTarget,
        RawBytes.Of(entry.RawPath),
        RawBytes.Of(entry.RawTarget));
}
