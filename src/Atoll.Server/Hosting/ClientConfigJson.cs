using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Hosting;

/// <summary>The file that clients look in.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ClientConfig))]
internal sealed partial class ClientConfigJson : JsonSerializerContext
{
    public static ClientConfigJson Wire { get; } = new(JsonRules.Configure(new()));
}
