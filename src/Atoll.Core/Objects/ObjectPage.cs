namespace Atoll.Core.Objects;

/// <param name="More">There are objects behind the last of these.</param>
public sealed record ObjectPage(IReadOnlyList<StoredObject> Objects, bool More);
