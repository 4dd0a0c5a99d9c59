namespace Atoll.Core.Machines;

/// <summary>A disk that was saved, or found to be as an earlier one.</summary>
/// <param name="Unchanged">Nothing has changed since the earlier one: nothing was saved, and that one stands for both.</param>
/// <param name="WrittenBytes">What the sandbox has written on its disk since that was cloned, as it lies on the host.</param>
/// <param name="Frozen">How long its processes stood still.</param>
public sealed record SavedDisk(bool Unchanged, long WrittenBytes, TimeSpan Frozen)
{
    /// <summary>What its memory takes, where that was saved as well.</summary>
    public long MemoryBytes { get; init; }
}
