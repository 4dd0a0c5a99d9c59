namespace Atoll.Core.Teams;

/// <summary>An API key, without its secret.</summary>
/// <param name="Id"><c>key_</c> and 12 letters or digits.</param>
/// <param name="Prefix">The first characters of the key, to tell it from others by sight.</param>
public sealed record ApiKey(string Id, TeamId Team, string Name, string Prefix, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);
