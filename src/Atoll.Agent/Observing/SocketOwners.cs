using System.Globalization;
using System.Text;
using Atoll.Agent.Native;

namespace Atoll.Agent.Observing;

/// <summary>Finds which process holds a socket, by the links in /proc/pid/fd, as far as they may be read.</summary>
internal static unsafe class SocketOwners
{
    /// <summary>Links looked at in one search: a sandbox full of open files must not hold us up for long.</summary>
    private const int MaxLinks = 100_000;

    private const string Prefix = "socket:[";

    public static Dictionary<ulong, int> Find(HashSet<ulong> inodes)
    {
        var owners = new Dictionary<ulong, int>();
        var left = MaxLinks;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (owners.Count == inodes.Count || left <= 0) break;
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) Look(pid, inodes, owners, ref left);
        }

        return owners;
    }

    private static void Look(int pid, HashSet<ulong> inodes, Dictionary<ulong, int> owners, ref int left)
    {
        try
        {
            foreach (var link in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
            {
                if (left-- <= 0) return;
                if (InodeOf(link) is { } inode && inodes.Contains(inode)) owners.TryAdd(inode, pid);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or does not let itself be looked at: its ports are reported without it.
        }
    }

    private static ulong? InodeOf(string link)
    {
        const int Longest = 64;
        var target = stackalloc byte[Longest];
        var length = Descriptors.ReadLink(link, target, Longest);
        if (length <= Prefix.Length) return null;
        var text = Encoding.UTF8.GetString(target, (int)length);
        return text.StartsWith(Prefix, StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(Prefix.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var inode) ? inode : null;
    }
}
