namespace Atoll.Client.Checkpoints;

/// <param name="Path">Bytes that are no UTF-8 appear as U+FFFD; <paramref name="RawPath"/> has them then, in base64.</param>
/// <param name="Kind"><c>file</c>, <c>directory</c>, <c>symlink</c> or <c>other</c>.</param>
/// <param name="SizeBefore">Of a changed file, its length before.</param>
public sealed record DiffPath(string Path, string Kind, long SizeBytes, long? SizeBefore = null, string? RawPath = null);
