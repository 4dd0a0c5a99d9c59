using System.Globalization;
using Atoll.Server.Hosting.Native;

namespace Atoll.Server.Hosting;

/// <summary>The person behind this process: through sudo, the one who called it.</summary>
internal sealed record InvokingUser(string Name, int Uid, int Gid, string Home)
{
    public static InvokingUser? Find()
    {
        var uid = Ownership.EffectiveUser();
        var sudo = uid == 0 ? Environment.GetEnvironmentVariable("SUDO_USER") : null;
        return Find(File.ReadLines("/etc/passwd"), sudo, uid);
    }

    /// <param name="passwd">Lines of passwd(5): name:password:uid:gid:comment:home:shell.</param>
    public static InvokingUser? Find(IEnumerable<string> passwd, string? name, int uid)
    {
        InvokingUser? byUid = null;
        foreach (var line in passwd)
        {
            var fields = line.Split(':');
            if (fields.Length < 7 || !TryParse(fields[2], out var user) || !TryParse(fields[3], out var group) || !Path.IsPathRooted(fields[5])) continue;
            var found = new InvokingUser(fields[0], user, group, fields[5]);
            if (name is not null && found.Name == name) return found;
            if (found.Uid == uid) byUid ??= found;
        }

        return byUid;
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
