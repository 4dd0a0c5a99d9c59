namespace Atoll.Core.Checkpoints.Moving;

/// <summary>That a layer is in the store whole, with what it consists of: written behind its parts, so that later exports can stand on it.</summary>
internal sealed record LayerRecord(string Format, int Version, ExportLayer Layer);
