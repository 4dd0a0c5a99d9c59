using System.Globalization;
using System.Text;
using Atoll.Agent.Native;

namespace Atoll.Agent.Processes;

/// <summary>
/// Finds what belongs to a process beyond its group: its descendants, and all of its session. What has left both (a daemon that forked twice and made a session of its own) is
/// an orphan like any other and cannot be told from them.
/// </summary>
internal static class ProcessTree
{
    /// <summary>/proc/pid/stat is some 300 bytes; a name in it may be 64.</summary>
    private const int MaxStatBytes = 2048;

    /// <summary>Pids as they are now, without process 1.</summary>
    public static List<ProcessStat> Snapshot()
    {
        var found = new List<ProcessStat>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            var name = Path.GetFileName(folder.AsSpan());
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid == 1) continue;
            if (SmallFile.TryRead($"{folder}/stat", MaxStatBytes) is { } bytes && ProcessStat.Parse(Encoding.UTF8.GetString(bytes)) is { } stat) found.Add(stat);
        }

        return found;
    }

    /// <summary>The process's descendants and the members of the session it leads.</summary>
    public static List<ProcessStat> Of(int leader)
    {
        var all = Snapshot();
        var members = new HashSet<int> { leader };
        bool grew;
        do
        {
            grew = false;
            foreach (var stat in all) grew |= (members.Contains(stat.Parent) || stat.Session == leader) && members.Add(stat.Pid);
        }
        while (grew);
        return [.. all.Where(stat => stat.Pid != leader && members.Contains(stat.Pid))];
    }

    /// <summary>Kills those that are still the same processes.</summary>
    public static void Kill(IEnumerable<ProcessStat> members)
    {
        foreach (var member in members)
        {
            var now = SmallFile.TryRead($"/proc/{member.Pid}/stat", MaxStatBytes);
            if (now is not null && ProcessStat.Parse(Encoding.UTF8.GetString(now))?.StartTicks == member.StartTicks) _ = Children.Signal(member.Pid, Children.Kill);
        }
    }
}
