namespace Atoll.Agent.Users;

internal sealed record GroupEntry(string Name, uint Gid, string[] Members)
{
    /// <summary><c>name:password:gid:member,member</c>; null for a line that is not one.</summary>
    public static GroupEntry? Parse(string line)
    {
        var fields = line.Split(':');
        if (fields.Length < 3 || !UserDatabase.TryParseId(fields[2], out var gid)) return null;
        return new GroupEntry(fields[0], gid, fields.Length > 3 ? fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries) : []);
    }
}
