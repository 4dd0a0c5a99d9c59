namespace Atoll.Core.Objects;

/// <summary>An object that is there.</summary>
public sealed record StoredObject(ObjectKey Key, long Bytes);
