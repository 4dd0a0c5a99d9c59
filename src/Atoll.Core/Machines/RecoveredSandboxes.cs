using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>What was found again after a start of the server.</summary>
/// <param name="Attached">Those that go on as they were: with their processes, or, halted or at rest, with their disks.</param>
/// <param name="Lost">Those that should have processes and have none any more, with their disks alone.</param>
public sealed record RecoveredSandboxes(IReadOnlySet<SandboxId> Attached, IReadOnlySet<SandboxId> Lost);
