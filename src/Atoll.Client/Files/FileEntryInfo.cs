namespace Atoll.Client.Files;

/// <summary>A file, directory or other entry of a sandbox.</summary>
/// <param name="Kind"><c>file</c>, <c>directory</c>, <c>symlink</c>, …</param>
/// <param name="Path">Bytes that are no UTF-8 appear as U+FFFD; <paramref name="RawPath"/> has them then, in base64.</param>
/// <param name="Mode">Permission bits in octal, such as <c>0644</c>.</param>
public sealed record FileEntryInfo(
    string Path,
    string Kind,
    long SizeBytes,
    string? Mode,
    int Uid,
    int Gid,
    string? User,
    string? Group,
    DateTimeOffset? ModifiedAt,
    string? SymlinkTarget,
    string? RawPath = null)
{
    /// <summary>The path without loss: <see cref="PathText"/>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string ExactPath => string.IsNullOrEmpty(RawPath) ? Path : PathText.Decode(Convert.FromBase64String(RawPath));

    /// <summary>The permission bits as a number; null when the server did not say them so.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int? Permissions => Mode is { Length: > 0 and <= 5 } text && text.All(digit => digit is >= '0' and <= '7') ? Convert.ToInt32(text, 8) : null;
}
