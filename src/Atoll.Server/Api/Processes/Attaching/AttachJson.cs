using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Processes.Attaching;

/// <summary>Control messages of an attached process.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(AttachControl))]
[JsonSerializable(typeof(AttachEvent))]
internal sealed partial class AttachJson : JsonSerializerContext
{
    public static AttachJson Wire { get; } = new(JsonRules.Configure(new()));
}
