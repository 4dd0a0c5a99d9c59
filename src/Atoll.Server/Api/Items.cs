namespace Atoll.Server.Api;

/// <summary>A part of a list.</summary>
/// <param name="NextCursor">Ask with <c>?cursor=</c> for what follows; null at the end.</param>
internal sealed record Items<T>(IReadOnlyList<T> Values, string? NextCursor)
{
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public IReadOnlyList<T> Values { get; init; } = Values;
}
