using System.Text.Json.Serialization;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>How manifests are written and read: unknown, doubled and missing fields are refused, for they may say what this version would pass over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(ExportManifest))]
[JsonSerializable(typeof(LayerRecord))]
[JsonSerializable(typeof(MemoryRecord))]
[JsonSerializable(typeof(ArchiveManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
