using System.Collections.Immutable;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>What a sandbox's archive is: its disk's layers. All else of the sandbox stays in the database. Written last.</summary>
/// <param name="Layers">From the first on; the last is the sandbox's own, whose parts lie beside the manifest. The others are shared with exports.</param>
internal sealed record ArchiveManifest(string Format, int Version, string Sandbox, ImmutableArray<ExportLayer> Layers);
