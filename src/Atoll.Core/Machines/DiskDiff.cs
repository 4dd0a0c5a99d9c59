using System.Collections.Immutable;

namespace Atoll.Core.Machines;

/// <summary>What differs between two disks, each list in the order of paths. A moved file is removed here and added there.</summary>
/// <param name="Truncated">There is more than was asked for.</param>
public sealed record DiskDiff(ImmutableArray<DiskEntry> Added, ImmutableArray<DiskEntry> Changed, ImmutableArray<DiskEntry> Removed, bool Truncated);
