namespace Atoll.Agent.Users;

/// <summary>Who a process runs as.</summary>
/// <param name="Name">As in /etc/passwd; the number where it has none.</param>
internal sealed record GuestUser(string Name, uint Uid, uint Gid, uint[] Groups, string Home, string Shell);
