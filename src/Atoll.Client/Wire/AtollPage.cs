namespace Atoll.Client.Wire;

/// <summary>A part of a list.</summary>
/// <param name="NextCursor">Ask with it for what follows; null at the end.</param>
public sealed record AtollPage<T>(IReadOnlyList<T> Items, string? NextCursor);
