using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Keys;

/// <summary>What the routes of API keys read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateKeyBody))]
[JsonSerializable(typeof(CreatedKeyView))]
[JsonSerializable(typeof(Items<KeyView>))]
internal sealed partial class KeysJson : JsonSerializerContext
{
    public static KeysJson Wire { get; } = new(JsonRules.Configure(new()));
}
