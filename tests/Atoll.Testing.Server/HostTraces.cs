using System.Diagnostics;

namespace Atoll.Testing.Server;

/// <summary>Everything on this host that bears an installation's name: mounts, loop devices, interfaces, namespaces, cgroups, rules, processes.</summary>
public static class HostTraces
{
    public static IReadOnlyList<string> Of(RealServer server)
    {
        var folder = Path.GetDirectoryName(server.StateDirectory)!;
        return
        [
            .. Lines("mount", File.ReadAllLines("/proc/self/mounts"), folder, server.Instance + "/", server.Instance + "-"),
            .. Lines("loop", Run("losetup", "-l", "-n", "-O", "NAME,BACK-FILE"), folder),
            .. Interfaces(server.Instance),
            .. Lines("namespace", Entries("/run/netns"), "/" + server.Instance),
            .. Cgroups(server.Instance),
            .. Lines("rules", Run("nft", "list", "tables"), " " + server.Instance),
            .. Processes(server.Instance, folder),
        ];
    }

    /// <summary>The same for one sandbox.</summary>
    public static IReadOnlyList<string> Of(RealServer server, string sandbox) =>
    [
        .. Lines("mount", File.ReadAllLines("/proc/self/mounts"), sandbox),
        .. Directory.EnumerateDirectories("/sys/fs/cgroup", sandbox, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true }).Select(path => "cgroup " + path),
        .. Processes(sandbox, sandbox),
        .. Directory.EnumerateFileSystemEntries(server.RuntimeDirectory, $"*{sandbox}*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Select(path => "file " + path),
        .. Directory.EnumerateDirectories(server.StateDirectory, $"*{sandbox}*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true }).Select(path => "folder " + path),
    ];

    private static IEnumerable<string> Interfaces(string instance) => Directory.EnumerateFileSystemEntries("/sys/class/net").Select(Path.GetFileName)
        .Where(name => name!.StartsWith(instance, StringComparison.Ordinal)).Select(name => "interface " + name);

    private static IEnumerable<string> Cgroups(string instance) => new[] { "/sys/fs/cgroup" }.Concat(Directory.GetDirectories("/sys/fs/cgroup"))
        .Select(root => Path.Combine(root, instance)).Where(Directory.Exists).Select(path => "cgroup " + path);

    private static IEnumerable<string> Processes(params string[] marks)
    {
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string command;
            try
            {
                command = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            }
            catch (IOException)
            {
                continue; // It ended while we looked.
            }

            if (marks.Any(mark => command.Contains(mark, StringComparison.Ordinal))) yield return $"process {Path.GetFileName(folder)} {command}";
        }
    }

    private static IEnumerable<string> Lines(string kind, IEnumerable<string> lines, params string[] marks) =>
        lines.Where(line => marks.Any(mark => line.Contains(mark, StringComparison.Ordinal))).Select(line => $"{kind} {line}");

    private static IEnumerable<string> Entries(string folder) => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : [];

    private static string[] Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
