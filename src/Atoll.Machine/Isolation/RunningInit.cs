namespace Atoll.Machine.Isolation;

/// <summary>A sandbox's process on the host whose end is the sandbox's end: process 1 of a <c>container</c>, the sentry for <c>runsc</c>.</summary>
/// <param name="StartTicks">Its start time in clock ticks since boot (field 22 of <c>/proc/pid/stat</c>): with the pid it names one process for good.</param>
internal sealed record RunningInit(int Pid, long StartTicks);
