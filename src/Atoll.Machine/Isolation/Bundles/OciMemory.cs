namespace Atoll.Machine.Isolation.Bundles;

/// <param name="Swap">Memory and swap together: equal to <paramref name="Limit"/> means no swap.</param>
internal sealed record OciMemory(long Limit, long Swap);
