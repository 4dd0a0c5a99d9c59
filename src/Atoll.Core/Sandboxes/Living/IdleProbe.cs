namespace Atoll.Core.Sandboxes.Living;

/// <summary>The first of two looks at a sandbox that has fallen quiet.</summary>
/// <param name="Mark">Which quiet that was: <see cref="SandboxActivity.Mark"/>.</param>
/// <param name="Taken">When, as a timestamp of the monotonic clock.</param>
/// <param name="CpuSeconds">What its processes had used until then.</param>
/// <param name="AtWork">Something in it had work to do.</param>
internal sealed record IdleProbe(long Mark, long Taken, double CpuSeconds, bool AtWork);
