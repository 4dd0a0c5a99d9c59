using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>A disk of this host that never changes, and so can be told as a stream: a saved one, or the template that one began as.</summary>
/// <param name="Id">Its own for ever, in the whole world: another disk, also one with the same content, has another.</param>
/// <param name="Saved">Null for a template's.</param>
/// <param name="Template">Null for a saved one.</param>
/// <param name="MostBytes">What it can take on this host's storage at most.</param>
public sealed record StreamedDisk(Guid Id, CheckpointId? Saved, string? Template, long MostBytes = long.MaxValue);
