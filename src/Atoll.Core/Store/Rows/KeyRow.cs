namespace Atoll.Core.Store.Rows;

internal sealed class KeyRow
{
    public required string Id { get; set; }

    public required string Team { get; set; }

    public required string Name { get; set; }

    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the whole key, in hex.</summary>
    public required string Hash { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }
}
