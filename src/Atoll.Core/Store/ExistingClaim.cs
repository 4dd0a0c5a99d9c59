using Atoll.Core.Sandboxes;

namespace Atoll.Core.Store;

[GenerateSerializer, Immutable]
internal sealed record ExistingClaim([property: Id(0)] SandboxId Sandbox, [property: Id(1)] string RequestHash);
