namespace Atoll.Core.Guests.Files;

/// <summary>What became of one file: how many places were replaced, or why none could be.</summary>
/// <param name="RawPath">As <see cref="FileEntry.RawPath"/>.</param>
public sealed record FileReplacement(string Path, int Replaced, Faults.Fault? Fault, ReadOnlyMemory<byte>? RawPath = null);
