using System.Globalization;
using System.Text;
using Atoll.Agent.Native;

namespace Atoll.Agent.Users;

/// <summary>
/// The sandbox's /etc/passwd and /etc/group, read anew for each question, because what runs inside may change them. At most 1 MiB of each is read; lines that are none
/// are passed over. Numbers are 0 to 2³¹−1: larger ones wrap to other users in programs that take them for signed (CVE-2024-40635).
/// </summary>
internal sealed class UserDatabase(string passwdPath = "/etc/passwd", string groupPath = "/etc/group")
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The kernel takes 65,536; more than this is no honest file.</summary>
    private const int MaxGroups = 1024;

    public static bool TryParseId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id <= int.MaxValue;

    /// <summary>A user by <c>name</c>, <c>uid</c>, <c>name:group</c> or <c>uid:gid</c>; null when there is none. A number needs no entry.</summary>
    public GuestUser? Find(string text)
    {
        var colon = text.IndexOf(':');
        var (who, group) = colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
        var entry = FindPasswd(who);
        if (entry is null && !TryParseId(who, out _)) return null;
        var uid = entry?.Uid ?? uint.Parse(who, CultureInfo.InvariantCulture);
        var name = entry?.Name ?? who;
        var groups = Read(groupPath, GroupEntry.Parse);
        if (group is not null)
        {
            return FindGroup(groups, group) is { } given ? Make(given, [given]) : null;
        }

        var own = entry?.Gid ?? uid;
        return Make(own, [.. groups.Where(candidate => candidate.Members.Contains(name)).Select(candidate => candidate.Gid).Prepend(own).Distinct().Take(MaxGroups)]);

        GuestUser Make(uint gid, uint[] all) => new(name, uid, gid, all, entry is { Home.Length: > 0 } ? entry.Home : "/", entry is { Shell.Length: > 0 } ? entry.Shell : "/bin/sh");
    }

    public string NameOfUser(uint uid) => Read(passwdPath, PasswdEntry.Parse).FirstOrDefault(entry => entry.Uid == uid)?.Name ?? uid.ToString(CultureInfo.InvariantCulture);

    public string NameOfGroup(uint gid) => Read(groupPath, GroupEntry.Parse).FirstOrDefault(entry => entry.Gid == gid)?.Name ?? gid.ToString(CultureInfo.InvariantCulture);

    private PasswdEntry? FindPasswd(string who)
    {
        if (who.Length == 0) return null;
        var entries = Read(passwdPath, PasswdEntry.Parse);
        return entries.FirstOrDefault(entry => entry.Name == who)
            ?? (TryParseId(who, out var uid) ? entries.FirstOrDefault(entry => entry.Uid == uid) : null)
            ?? (who == "root" ? new PasswdEntry("root", 0, 0, "/root", "/bin/sh") : null);
    }

    private static uint? FindGroup(List<GroupEntry> groups, string text) =>
        groups.FirstOrDefault(entry => entry.Name == text)?.Gid ?? (TryParseId(text, out var gid) ? gid : null);

    private static List<T> Read<T>(string path, Func<string, T?> parse)
        where T : class
    {
        var found = new List<T>();
        if (SmallFile.TryRead(path, MaxBytes) is not { } bytes) return found;
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            if (parse(line) is { } entry) found.Add(entry);
        }

        return found;
    }
}
