namespace Atoll.Core.Sandboxes.Living;

/// <summary>A suspension that failed is tried again after 30 s, then ever later, at the most after a quarter of an hour: each try has the sandbox stand still for a moment.</summary>
/// <param name="Until">Not before.</param>
internal sealed record SuspendBackoff(int Failures, DateTimeOffset Until)
{
    private const int Doublings = 5;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public static SuspendBackoff After(SuspendBackoff? before, DateTimeOffset now)
    {
        var failures = (before?.Failures ?? 0) + 1;
        var pause = First * Math.Pow(2, Math.Min(failures - 1, Doublings));
        return new(failures, now + (pause < Longest ? pause : Longest));
    }
}
