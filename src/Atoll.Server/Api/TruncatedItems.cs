namespace Atoll.Server.Api;

/// <summary>A list that is bounded but not paged.</summary>
/// <param name="Truncated">There were more than <c>?limit=</c>.</param>
internal sealed record TruncatedItems<T>(IReadOnlyList<T> Items, bool Truncated, string? NextCursor);
