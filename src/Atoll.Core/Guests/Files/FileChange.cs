namespace Atoll.Core.Guests.Files;

/// <param name="Path">Absolute.</param>
/// <param name="Entry">The entry after the change, when it is still there.</param>
public sealed record FileChange(FileChangeKind Kind, string Path, FileEntry? Entry);
