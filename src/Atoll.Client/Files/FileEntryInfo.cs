namespace Atoll.Client.Files;

/// <summary>A file, directory or other entry of a sandbox.</summary>
/// <param name="Kind"><c>file</c>, <c>directory</c>, <c>symlink</c>, …</param>
/// <param name="Mode">Permission bits, 0 to 07777.</param>
public sealed record FileEntryInfo(
    string Path,
    string Kind,
    long SizeBytes,
    int Mode,
    int Uid,
    int Gid,
    string? User,
    string? Group,
    DateTimeOffset? ModifiedAt,
    string? SymlinkTarget);
