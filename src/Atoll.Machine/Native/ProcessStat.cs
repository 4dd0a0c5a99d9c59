using System.Globalization;

namespace Atoll.Machine.Native;

/// <summary>The fields of <c>/proc/pid/stat</c> that identify a process and tell its end; see proc_pid_stat(5).</summary>
/// <param name="State">One letter; <c>Z</c> and <c>X</c> are dead.</param>
/// <param name="StartTicks">Field 22.</param>
/// <param name="ExitStatus">Field 52, a wait status; meaningful when dead.</param>
internal sealed record ProcessStat(char State, int Parent, long StartTicks, int ExitStatus)
{
    public bool Dead => State is 'Z' or 'X';

    /// <summary>It runs, waits for its turn on a processor, or for a disk.</summary>
    public bool AtWork => State is 'R' or 'D';

    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? Read(int pid) => ReadFile($"/proc/{pid}/stat");

    /// <summary>Of each thread of a process; none when there is no such process.</summary>
    public static IEnumerable<ProcessStat> ReadThreads(int pid)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (IOException)
        {
            // Gone before the look or within it.
            return [];
        }

        return threads.Select(thread => ReadFile(thread + "/stat")).OfType<ProcessStat>();
    }

    private static ProcessStat? ReadFile(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (IOException)
        {
            // Gone before the open (not found) or between open and read (ESRCH).
            return null;
        }
    }

    internal static ProcessStat Parse(string text)
    {
        // The name in parentheses may itself hold spaces and parentheses: count from the last one.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessStat(
            fields[0][0],
            int.Parse(fields[1], CultureInfo.InvariantCulture),
            long.Parse(fields[19], CultureInfo.InvariantCulture),
            fields.Length > 49 ? int.Parse(fields[49], CultureInfo.InvariantCulture) : 0);
    }
}
