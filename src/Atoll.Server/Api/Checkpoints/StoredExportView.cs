using Atoll.Core.Checkpoints;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>An export that the team has in the object store.</summary>
/// <param name="Key">What an import is given, and, behind <c>/v1/</c>, where it is deleted. Whoever knows it can import the checkpoint on any server with this store.</param>
/// <param name="Checkpoint">What was exported; it may have been deleted since.</param>
/// <param name="Name">The checkpoint's when it was exported.</param>
/// <param name="SizeBytes">All that importing it reads; others may share parts of it.</param>
internal sealed record StoredExportView(string Key, string Checkpoint, CheckpointKind Kind, string? Name, long SizeBytes, DateTimeOffset CreatedAt)
{
    public static StoredExportView Of(StoredExport export) => new(export.Key, export.Checkpoint.Value, export.Kind, export.Name, export.SizeBytes, export.CreatedAt);
}
