using System.Text.Json;
using System.Text.Json.Serialization;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Sandboxes;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, Converters = [typeof(SandboxIdConverter)])]
[JsonSerializable(typeof(SandboxRecord))]
[JsonSerializable(typeof(byte[]))]
internal sealed partial class SandboxRecordJson : JsonSerializerContext
{
    private sealed class SandboxIdConverter : JsonConverter<SandboxId>
    {
        public override SandboxId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Core.Sandboxes.SandboxId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("no sandbox id");

        public override void Write(Utf8JsonWriter writer, SandboxId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
