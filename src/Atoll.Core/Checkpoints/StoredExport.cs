using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints;

/// <summary>An export of a team's in the object store, as this server remembers it.</summary>
/// <param name="Checkpoint">What was exported; it may have been deleted since.</param>
/// <param name="Name">The checkpoint's at that time.</param>
/// <param name="SizeBytes">All that importing it reads.</param>
/// <param name="CreatedAt">When it was there whole for the first time.</param>
public sealed record StoredExport(string Key, TeamId Team, CheckpointId Checkpoint, CheckpointKind Kind, string? Name, long SizeBytes, DateTimeOffset CreatedAt);
