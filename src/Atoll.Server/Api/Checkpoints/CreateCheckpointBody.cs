using Atoll.Core.Checkpoints;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>What to save.</summary>
/// <param name="Kind">Default <c>disk</c>. <c>full</c>: memory and processes too, of the same instant; its open TCP connections may be reset. Only <c>gvisor</c>.</param>
/// <param name="Name">Unique among this sandbox's checkpoints.</param>
internal sealed record CreateCheckpointBody(CheckpointKind? Kind = null, string? Name = null, string? Comment = null);
