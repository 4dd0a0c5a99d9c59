namespace Atoll.Server.Api.Keys;

/// <param name="Name">1 to 100 characters, for people.</param>
/// <param name="Scopes">What the key may do: <c>sandboxes:read</c>, <c>sandboxes:write</c>, <c>exec</c>, <c>files:read</c>, <c>files:write</c>, <c>keys</c>, <c>team</c>, <c>audit</c>, <c>operator</c>, or a preset: <c>full</c> (all but operator), <c>read-only</c>. Left out: full, as far as the key that asks has it. Never more than that one has.</param>
/// <param name="User">Id or name of the user whose key it will be, with whom it ends; left out, it is the team's.</param>
/// <param name="ExpiresAt">RFC 3339; left out, never.</param>
/// <param name="ExpiresInSeconds">The same, counted from now; one of the two at most.</param>
internal sealed record CreateKeyBody(string Name, IReadOnlyList<string>? Scopes = null, string? User = null, string? ExpiresAt = null, long? ExpiresInSeconds = null);
