using System.Text.Json;
using System.Text.Json.Serialization;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Store;

/// <summary>An id in a stored document is its text.</summary>
internal sealed class VolumeIdConverter : JsonConverter<VolumeId>
{
    public override VolumeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        VolumeId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("no volume id");

    public override void Write(Utf8JsonWriter writer, VolumeId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
