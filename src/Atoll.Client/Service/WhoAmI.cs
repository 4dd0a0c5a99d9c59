namespace Atoll.Client.Service;

/// <summary>Whom a key belongs to.</summary>
public sealed record WhoAmI(string Team, string? TeamName, string? KeyId, string? KeyName);
