namespace Atoll.Core.Checkpoints.Moving;

/// <summary>What an export came to, with its manifest as it is stored.</summary>
internal sealed record ExportOutcome(Exported Told, ExportManifest Manifest, byte[] Json);
