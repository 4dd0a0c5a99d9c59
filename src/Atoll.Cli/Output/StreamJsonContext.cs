using System.Text.Json.Serialization;

namespace Atoll.Cli.Output;

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StreamJson))]
internal sealed partial class StreamJsonContext : JsonSerializerContext;
