using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>The id that a sandbox about to be created will have.</summary>
/// <param name="Ready">It is a warm one's: starting it takes a fraction of a millisecond.</param>
public readonly record struct ReservedId(SandboxId Id, bool Ready);
