using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atoll.Server.Api.Code;

/// <summary>JSON that is passed on as it came; whoever makes one has seen that it is well-formed.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record RawJson(string Text)
{
    internal sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(JsonElement.ParseValue(ref reader).GetRawText());

        // Validating would count its depth against the one that requests may have.
        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text, skipInputValidation: true);
    }
}
