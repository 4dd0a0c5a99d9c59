using System.Globalization;

namespace Atoll.Machine.Isolation.Launching;

/// <summary>What is kept of a start in a file: <c>UID PID TICKS</c>, of which the last two are 0 until process 1 runs.</summary>
/// <param name="FirstUid">The host's number of root inside.</param>
internal sealed record LaunchRecord(uint FirstUid, RunningInit? Init)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{FirstUid} {Init?.Pid ?? 0} {Init?.StartTicks ?? 0}");

    /// <summary>Null for a file that was cut short by a crash: what it stands for is found by its folder and cgroup, and removed.</summary>
    public static LaunchRecord? Parse(string text)
    {
        var parts = text.Split(' ');
        return parts.Length == 3
            && uint.TryParse(parts[0], CultureInfo.InvariantCulture, out var uid)
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var ticks)
            ? new LaunchRecord(uid, pid > 0 ? new RunningInit(pid, ticks) : null)
            : null;
    }
}
