namespace Atoll.Client.Keys;

/// <summary>A key to be made; what is null is the server's default.</summary>
/// <param name="Name">For people.</param>
/// <param name="Scopes">Words such as <c>exec</c>, or a preset: <c>full</c>, <c>read-only</c>.</param>
/// <param name="User">Id or name of the user whose key it will be.</param>
/// <param name="ExpiresInSeconds">From now; null for never.</param>
public sealed record CreateKey(string Name, IReadOnlyList<string>? Scopes = null, string? User = null, long? ExpiresInSeconds = null);
