using System.Globalization;
using System.Text;
using Atoll.Agent.Native;

namespace Atoll.Agent.Users;

/// <summary>
/// The sandbox's /etc/passwd and /etc/group, read anew for each question, because what runs inside may change them, and parsed when they did. At most 1 MiB of each is read;
/// lines that are none are passed over. Numbers are 0 to 2³¹−1: larger ones wrap to other users in programs that take them for signed (CVE-2024-40635).
/// </summary>
internal sealed class UserDatabase(string passwdPath = "/etc/passwd", string groupPath = "/etc/group")
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>What is larger is parsed each time: it would stay in memory.</summary>
    private const int MaxKeptBytes = 16 * 1024;

    /// <summary>The kernel takes 65,536; more than this is no honest file.</summary>
    private const int MaxGroups = 1024;

    private Parsed<PasswdEntry>? _passwd;
    private Parsed<GroupEntry>? _groups;

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
        var groups = ReadGroups();
        if (group is not null)
        {
            return FindGroup(groups, group) is { } given ? Make(given, [given]) : null;
        }

        var own = entry?.Gid ?? uid;
        return Make(own, [.. groups.Where(candidate => candidate.Members.Contains(name)).Select(candidate => candidate.Gid).Prepend(own).Distinct().Take(MaxGroups)]);

        GuestUser Make(uint gid, uint[] all) => new(name, uid, gid, all, entry is { Home.Length: > 0 } ? entry.Home : "/", entry is { Shell.Length: > 0 } ? entry.Shell : "/bin/sh");
    }

    public string NameOfUser(uint uid) => ReadPasswd().FirstOrDefault(entry => entry.Uid == uid)?.Name ?? uid.ToString(CultureInfo.InvariantCulture);

    public string NameOfGroup(uint gid) => ReadGroups().FirstOrDefault(entry => entry.Gid == gid)?.Name ?? gid.ToString(CultureInfo.InvariantCulture);

    private PasswdEntry? FindPasswd(string who)
    {
        if (who.Length == 0) return null;
        var entries = ReadPasswd();
        return entries.FirstOrDefault(entry => entry.Name == who)
            ?? (TryParseId(who, out var uid) ? entries.FirstOrDefault(entry => entry.Uid == uid) : null)
            ?? (who == "root" ? new PasswdEntry("root", 0, 0, "/root", "/bin/sh") : null);
    }

    private static uint? FindGroup(List<GroupEntry> groups, string text) =>
        groups.FirstOrDefault(entry => entry.Name == text)?.Gid ?? (TryParseId(text, out var gid) ? gid : null);

    private List<PasswdEntry> ReadPasswd() => Read(passwdPath, PasswdEntry.Parse, ref _passwd);

    private List<GroupEntry> ReadGroups() => Read(groupPath, GroupEntry.Parse, ref _groups);

    private static List<T> Read<T>(string path, Func<string, T?> parse, ref Parsed<T>? kept)
        where T : class
    {
        if (SmallFile.TryRead(path, MaxBytes, plain: true) is not { } bytes) return [];
        if (Volatile.Read(ref kept) is { } last && bytes.AsSpan().SequenceEqual(last.Bytes)) return last.Entries;
        var found = new List<T>();
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            if (parse(line) is { } entry) found.Add(entry);
        }

        if (bytes.Length <= MaxKeptBytes) Volatile.Write(ref kept, new Parsed<T>(bytes, found));
        return found;
    }

    /// <summary>A file as it was, and what it said. Never changed.</summary>
    private sealed record Parsed<T>(byte[] Bytes, List<T> Entries);
}
