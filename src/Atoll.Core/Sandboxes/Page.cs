namespace Atoll.Core.Sandboxes;

/// <summary>A part of a list, in its order.</summary>
/// <param name="NextCursor">Ask with it for what follows; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
