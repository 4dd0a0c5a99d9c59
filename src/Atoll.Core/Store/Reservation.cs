using Atoll.Core.Sandboxes;

namespace Atoll.Core.Store;

/// <summary>The outcome of putting a new sandbox down: it stands, or its idempotency key already belongs to an earlier one.</summary>
[GenerateSerializer, Immutable]
internal sealed record Reservation([property: Id(0)] Sandbox? Created, [property: Id(1)] ExistingClaim? Existing);
