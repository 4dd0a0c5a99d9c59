using System.Text.Json.Nodes;

namespace Atoll.Testing.Server;

/// <summary>What an installation has on the host, sandbox by sandbox: found by looking, without asking the server.</summary>
public static class Holdings
{
    private static readonly string[] RuntimeFolders = ["guests", "sandboxes", "runc", "runsc"];

    /// <summary>Every name that something bears where only sandboxes' things are, with what bears it. Not what waits, created ahead, for a saved memory: that is nobody's on purpose.</summary>
    public static ILookup<string, string> ByName(RealServer server) =>
        Folders(server).Concat(Cgroups(server)).Where(path => !IsVessel(server, NameOf(path))).ToLookup(NameOf);

    /// <summary>Names that have something on the host though they are none of these.</summary>
    public static IReadOnlyList<string> Besides(RealServer server, IEnumerable<string> living)
    {
        var owned = living.ToHashSet();
        return [.. ByName(server).Where(found => !owned.Contains(found.Key)).SelectMany(found => found)];
    }

    /// <summary>Interfaces of the installation's slots, and the files of their namespaces: in a whole slot, both bear the same name.</summary>
    public static (IReadOnlySet<string> Interfaces, IReadOnlySet<string> Namespaces) Slots(RealServer server)
    {
        var folder = Path.Combine(server.RuntimeDirectory, "netns");
        var interfaces = Directory.EnumerateFileSystemEntries("/sys/class/net").Select(path => Path.GetFileName(path)).Where(name => name.StartsWith(server.Instance + "-", StringComparison.Ordinal));
        var namespaces = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, server.Instance + "-*").Select(path => Path.GetFileName(path)).Where(name => !name.Contains('.')) : [];
        return (interfaces.ToHashSet(), namespaces.ToHashSet());
    }

    /// <summary>The sandbox's process 1 as the host sees it: the runtime's init, or gVisor's kernel.</summary>
    public static int Process(RealServer server, string sandbox) =>
        (int)JsonNode.Parse(File.ReadAllText(Path.Combine(server.RuntimeDirectory, "sandboxes", sandbox + ".json")))!["init"]!["pid"]!;

    private static string NameOf(string path) => Path.GetFileName(path).Split('.')[0];

    private static bool IsVessel(RealServer server, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(server.RuntimeDirectory, "runsc", name, "bundle", "hostname")) == "vessel\n";
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Folders(RealServer server) => RuntimeFolders.Select(name => Path.Combine(server.RuntimeDirectory, name))
        .Append(Path.Combine(server.StateDirectory, "pool", "sandboxes"))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFileSystemEntries(folder));

    private static IEnumerable<string> Cgroups(RealServer server) => Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup")
        .Select(root => Path.Combine(root, server.Instance))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateDirectories(folder));
}
