using System.Collections.Immutable;

namespace Atoll.Machine.Isolation.Cgroups;

/// <summary>
/// Where the kernel's cgroup hierarchies are mounted, from <c>/proc/self/mountinfo</c>: proc_pid_mountinfo(5), cgroups(7).
/// Pure v2 has one; hybrid has one per v1 controller (or group of them) and beside them a v2 one without controllers.
/// </summary>
/// <param name="Controllers">v1 only: mount point by controller.</param>
/// <param name="Unified">The v2 mount point, if any.</param>
/// <param name="All">Every hierarchy, named ones without controllers included: a runtime makes its cgroup in each.</param>
internal sealed record CgroupMounts(ImmutableDictionary<string, string> Controllers, string? Unified, ImmutableArray<string> All)
{
    public static CgroupMounts Read() => Parse(File.ReadLines("/proc/self/mountinfo"));

    public static CgroupMounts Parse(IEnumerable<string> mountInfo)
    {
        var controllers = ImmutableDictionary.CreateBuilder<string, string>();
        var all = ImmutableArray.CreateBuilder<string>();
        string? unified = null;
        foreach (var line in mountInfo)
        {
            // 36 35 98:0 /root /mount/point options optional... - type source superoptions
            var split = line.IndexOf(" - ", StringComparison.Ordinal);
            if (split < 0) continue;
            var tail = line[(split + 3)..].Split(' ');
            if (tail[0] is not ("cgroup" or "cgroup2")) continue;
            var point = Unescape(line.Split(' ', 6)[4]);
            all.Add(point);
            if (tail[0] == "cgroup2")
            {
                unified ??= point;
                continue;
            }

            foreach (var option in tail[^1].Split(','))
            {
                if (option is not ("rw" or "ro") && !option.Contains('=')) controllers.TryAdd(option, point);
            }
        }

        return new CgroupMounts(controllers.ToImmutable(), unified, all.ToImmutable());
    }

    // Blank, tab, newline and backslash are written as octal.
    private static string Unescape(string path) =>
        path.Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal)
            .Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);
}
