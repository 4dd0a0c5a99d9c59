using System.Text.Json;
using System.Text.Json.Serialization;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Store;

/// <summary>An id in a stored document is its text.</summary>
internal sealed class CheckpointIdConverter : JsonConverter<CheckpointId>
{
    public override CheckpointId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        CheckpointId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("no checkpoint id");

    public override void Write(Utf8JsonWriter writer, CheckpointId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
