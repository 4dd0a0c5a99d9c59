using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atoll.Machine.Storage.Memory;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MemoryManifest))]
internal sealed partial class MemoryManifestJson : JsonSerializerContext;
