using Atoll.Core.Checkpoints;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>What to save.</summary>
/// <param name="Kind">Default <c>disk</c>. <c>full</c> is not supported yet.</param>
/// <param name="Name">Unique among this sandbox's checkpoints.</param>
internal sealed record CreateCheckpointBody(CheckpointKind? Kind = null, string? Name = null, string? Comment = null);
