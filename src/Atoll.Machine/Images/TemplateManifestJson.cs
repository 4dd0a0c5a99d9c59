using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atoll.Machine.Images;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TemplateManifest))]
internal sealed partial class TemplateManifestJson : JsonSerializerContext;
