namespace Atoll.Core.Machines;

/// <summary>One path of a <see cref="DiskDiff"/>.</summary>
/// <param name="Path">Absolute within the sandbox. Bytes that are no UTF-8 show as U+FFFD.</param>
/// <param name="SizeBytes">A file's length; of a removed one, what it was. 0 for what is no file.</param>
/// <param name="SizeBefore">Of a changed file, its length before.</param>
/// <param name="RawPath">The path's bytes when they are no UTF-8, else null.</param>
public sealed record DiskEntry(string Path, DiskEntryKind Kind, long SizeBytes, long? SizeBefore = null, ReadOnlyMemory<byte>? RawPath = null);
