using System.Globalization;

namespace Atoll.Machine.Isolation.Idling;

/// <summary>
/// One sentry's timer slack: how much later than asked for the kernel may wake its threads when a time is up (proc_pid_timerslack_ns(5)); an event wakes them at once whatever it is.
/// <para>The second thread is left alone: it is the Go runtime's monitor, the first that a program starts, and what it does late every other thread pays for.</para>
/// </summary>
internal sealed class SentryTimers(int pid)
{
    /// <summary>The kernel's own for every thread that asked for no other.</summary>
    public static readonly TimeSpan Exact = TimeSpan.FromMicroseconds(50);

    private const int Monitor = 1;
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on.
    private const int UserTime = 11; // Fields 14 and 15 of proc_pid_stat(5), counted after the name.

    /// <summary>Processor time of all its threads so far; null when it is gone.</summary>
    public TimeSpan? ReadCpu()
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[UserTime], CultureInfo.InvariantCulture) + long.Parse(fields[UserTime + 1], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>How many threads it has: those that are new have the slack of the one that made them.</summary>
    public int CountThreads()
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{pid}/task").Count();
        }
        catch (IOException)
        {
            return 0;
        }
    }

    public void Set(TimeSpan slack)
    {
        var text = ((long)slack.TotalNanoseconds).ToString(CultureInfo.InvariantCulture);
        try
        {
            // In the order in which they were made.
            var index = 0;
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                if (index++ != Monitor) File.WriteAllText($"/proc/{Path.GetFileName(thread)}/timerslack_ns", text);
            }
        }
        catch (IOException)
        {
            // It ended, or one of its threads did: the next round sees what is left.
        }
    }
}
