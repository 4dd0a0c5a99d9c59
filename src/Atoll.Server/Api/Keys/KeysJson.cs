using System.Text.Json.Serialization;

namespace Atoll.Server.Api.Keys;

/// <summary>What the routes of API keys read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateKeyBody))]
[JsonSerializable(typeof(CreatedKeyView))]
[JsonSerializable(typeof(Items<KeyView>))]
internal sealed partial class KeysJson : JsonSerializerContext;
