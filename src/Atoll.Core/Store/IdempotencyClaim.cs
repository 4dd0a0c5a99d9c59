namespace Atoll.Core.Store;

/// <summary>An idempotency key as a caller sent it, and the SHA-256 of the request it came with.</summary>
[GenerateSerializer, Immutable]
internal sealed record IdempotencyClaim([property: Id(0)] string Key, [property: Id(1)] string RequestHash);
