using Atoll.Core.Checkpoints;
using Atoll.Core.Sandboxes;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>A saved moment of a sandbox.</summary>
/// <param name="Sandbox">What it was made of; it may have ended since.</param>
/// <param name="Parent">The nearest checkpoint before it that is still there; null for a first.</param>
/// <param name="Unchanged">Nothing had changed since its parent: it took no time and no space.</param>
/// <param name="SizeBytes">What its sandbox wrote since the checkpoint before, as it lies on the host's disk; with its memory, where that was saved.</param>
/// <param name="Origin">Of an imported one: its id where it was exported. Its sandbox is then an id that stands for the one it was made of.</param>
/// <param name="Template">What its sandbox began as.</param>
internal sealed record CheckpointView(
    string Id, string Sandbox, CheckpointKind Kind, string? Name, string? Comment, string? Parent, bool Unchanged, long SizeBytes, string Template, IsolationKind Isolation, string Node, DateTimeOffset CreatedAt, string? Origin)
{
    public static CheckpointView Of(Checkpoint checkpoint) => new(
        checkpoint.Id.Value,
        checkpoint.Sandbox.Value,
        checkpoint.Kind,
        checkpoint.Name,
        checkpoint.Comment,
        checkpoint.Parent?.Value,
        checkpoint.Unchanged,
        checkpoint.SizeBytes,
        checkpoint.Spec.Template,
        checkpoint.Spec.Isolation,
        checkpoint.Node,
        checkpoint.CreatedAt,
        checkpoint.Origin?.Value);
}
