namespace Atoll.Core.Teams;

/// <summary>A key to be made.</summary>
/// <param name="Name">1 to 100 printable characters, for people.</param>
/// <param name="Scopes">Null: the preset <c>full</c>, as far as the key that makes it has that itself.</param>
/// <param name="User">Id or name of the user whose key it will be; null for one of the team itself.</param>
/// <param name="ExpiresAt">Null: never, or with the key that makes it.</param>
public sealed record NewKey(string Name, KeyScopes? Scopes = null, string? User = null, DateTimeOffset? ExpiresAt = null);
