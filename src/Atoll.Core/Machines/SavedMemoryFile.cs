namespace Atoll.Core.Machines;

/// <summary>One file of a saved memory.</summary>
public sealed record SavedMemoryFile(string Name, long Bytes);
