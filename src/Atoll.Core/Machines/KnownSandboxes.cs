using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>What Core knows of this host's sandboxes when the server starts. Everything else that bears the installation's name is nobody's.</summary>
/// <param name="Owned">Those that should have processes.</param>
/// <param name="Paused">Those of them whose processes stand still, and go on doing so.</param>
/// <param name="Halted">Those of them whose processes may have been ended on purpose: what is left of them is kept, and they count as attached.</param>
/// <param name="AtRest">Those that have none: their disks are kept, and whatever else there is of them is freed.</param>
public sealed record KnownSandboxes(
    IReadOnlyDictionary<SandboxId, SandboxSpec> Owned,
    IReadOnlySet<SandboxId> Paused,
    IReadOnlySet<SandboxId> Halted,
    IReadOnlySet<SandboxId> AtRest);
