namespace Atoll.Core.Guests.Files;

/// <summary>A match of a <see cref="FileQuery"/>.</summary>
/// <param name="Line">Counts from 1; 0 when the name alone was asked for.</param>
/// <param name="LineText">At most 1,000 characters of the line.</param>
/// <param name="RawPath">As <see cref="FileEntry.RawPath"/>.</param>
public sealed record FileMatch(string Path, int Line, string LineText, ReadOnlyMemory<byte>? RawPath = null);
