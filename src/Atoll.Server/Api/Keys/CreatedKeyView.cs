namespace Atoll.Server.Api.Keys;

/// <summary>A key just made.</summary>
/// <param name="Key">The secret. It is shown this once and cannot be read again.</param>
internal sealed record CreatedKeyView(string Id, string Name, string Prefix, DateTimeOffset CreatedAt, string Key);
