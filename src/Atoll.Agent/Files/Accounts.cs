using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Files;

/// <summary>The sandbox's users and groups as its /etc/passwd and /etc/group had them at one moment. Immutable.</summary>
internal sealed class Accounts(IReadOnlyList<Account> users, IReadOnlyList<Account> groups)
{
    private readonly Dictionary<uint, Account> _users = ById(users);
    private readonly Dictionary<uint, Account> _groups = ById(groups);

    public static Accounts Empty { get; } = new([], []);

    /// <summary>The name, or the number as text.</summary>
    public string UserName(uint uid) => _users.TryGetValue(uid, out var user) ? user.Name : uid.ToString();

    public string GroupName(uint gid) => _groups.TryGetValue(gid, out var group) ? group.Name : gid.ToString();

    /// <summary>
    /// Reads <c>user</c>, <c>user:group</c> or numbers in their place. Without a group it is the user's own; for a number that no user has, the group of the same number.
    /// </summary>
    public Ownership Resolve(string owner)
    {
        var cut = owner.IndexOf(':');
        var user = cut < 0 ? owner : owner[..cut];
        var group = cut < 0 ? "" : owner[(cut + 1)..];
        var uid = Number(user) ?? users.FirstOrDefault(account => account.Name == user)?.Id ?? throw Unknown("user", user);
        if (group.Length == 0) return new Ownership(uid, _users.TryGetValue(uid, out var known) ? known.Group : uid);
        return new Ownership(uid, Number(group) ?? groups.FirstOrDefault(account => account.Name == group)?.Id ?? throw Unknown("group", group));
    }

    private static FileFailure Unknown(string what, string name) =>
        new(FailureCode.UserNotFound, $"There is no {what} '{(name.Length > 100 ? name[..100] : name)}' in the sandbox");

    /// <summary>At most 2³¹−1: larger numbers have been read as negative, and so as root, elsewhere (CVE-2024-40635).</summary>
    private static uint? Number(string text)
    {
        if (text.Length == 0 || !text.All(char.IsAsciiDigit)) return null;
        return int.TryParse(text, out var number) ? (uint)number : throw FileFailure.Invalid("A user or group number is at most 2147483647");
    }

    /// <summary>The first line of a number counts, as in libc.</summary>
    private static Dictionary<uint, Account> ById(IReadOnlyList<Account> accounts)
    {
        Dictionary<uint, Account> byId = [];
        foreach (var account in accounts) byId.TryAdd(account.Id, account);
        return byId;
    }
}
