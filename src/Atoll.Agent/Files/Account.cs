namespace Atoll.Agent.Files;

/// <summary>A line of /etc/passwd (with the user's own group) or of /etc/group.</summary>
internal sealed record Account(string Name, uint Id, uint Group);
