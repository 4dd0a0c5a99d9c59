namespace Atoll.Agent.Users;

internal sealed record PasswdEntry(string Name, uint Uid, uint Gid, string Home, string Shell)
{
    /// <summary><c>name:password:uid:gid:comment:home:shell</c>; null for a line that is not one.</summary>
    public static PasswdEntry? Parse(string line)
    {
        var fields = line.Split(':');
        if (fields.Length < 6 || !UserDatabase.TryParseId(fields[2], out var uid) || !UserDatabase.TryParseId(fields[3], out var gid)) return null;
        return new PasswdEntry(fields[0], uid, gid, fields[5], fields.Length > 6 ? fields[6] : "");
    }
}
