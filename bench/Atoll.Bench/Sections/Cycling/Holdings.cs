using Atoll.Bench.Installing;

namespace Atoll.Bench.Sections.Cycling;

/// <summary>What an installation has on the host, and its server holds: found by looking, without asking the server.</summary>
internal sealed record Holdings(int Descriptors, int Threads, double ResidentMiB, int Mounts, int Links, int Namespaces, int Cgroups, int Processes)
{
    public static Holdings Of(Installation installation, int server)
    {
        var proc = $"/proc/{server}";
        return new Holdings(
            Directory.GetFileSystemEntries(proc + "/fd").Length,
            Directory.GetDirectories(proc + "/task").Length,
            HostCgroup.ResidentMiB(server),
            File.ReadLines("/proc/self/mounts").Count(line => line.Contains(installation.Folder, StringComparison.Ordinal) && !line.Contains("/netns/", StringComparison.Ordinal)),
            Directory.EnumerateFileSystemEntries("/sys/class/net").Count(path => Path.GetFileName(path).StartsWith(installation.Instance, StringComparison.Ordinal)),
            File.ReadLines("/proc/self/mounts").Count(line => line.Contains(installation.Folder, StringComparison.Ordinal) && line.Contains("/netns/", StringComparison.Ordinal)),
            HostCgroup.Roots().Select(root => Path.Combine(root, installation.Instance)).Where(Directory.Exists).Sum(folder => Directory.GetDirectories(folder).Length),
            Directory.GetDirectories("/proc").Count(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Names(folder, installation.Folder)));
    }

    private static bool Names(string process, string mark)
    {
        try
        {
            return File.ReadAllText(process + "/cmdline").Contains(mark, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It ended while we looked.
            return false;
        }
    }
}
