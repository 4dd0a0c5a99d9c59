using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Transfers;

/// <summary>What is told of transfers that are under way.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(TransferView))]
internal sealed partial class TransfersJson : JsonSerializerContext
{
    public static TransfersJson Wire { get; } = new(JsonRules.Configure(new()));
}
