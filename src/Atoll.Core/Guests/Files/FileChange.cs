namespace Atoll.Core.Guests.Files;

/// <param name="Path">Absolute.</param>
/// <param name="Entry">The entry after the change, when it is still there.</param>
/// <param name="RawPath">As <see cref="FileEntry.RawPath"/>.</param>
public sealed record FileChange(FileChangeKind Kind, string Path, FileEntry? Entry, ReadOnlyMemory<byte>? RawPath = null);
