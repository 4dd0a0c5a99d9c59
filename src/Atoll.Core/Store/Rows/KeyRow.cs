namespace Atoll.Core.Store.Rows;

internal sealed class KeyRow
{
    public required string Id { get; set; }

    public required string Team { get; set; }

    public required string Name { get; set; }

    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the whole key, in hex.</summary>
    public required string Hash { get; set; }

    /// <summary>The bits of <see cref="Teams.KeyScopes"/>: a number, so that a scope added to a preset later is not handed to keys made earlier.</summary>
    public required int Scopes { get; set; }

    /// <summary>The user whose key it is.</summary>
    public string? User { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }
}
