using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Observing;

/// <summary>What the routes of logs, usage and events write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(TruncatedItems<LogView>))]
[JsonSerializable(typeof(Items<UsageView>))]
[JsonSerializable(typeof(Items<EventView>))]
internal sealed partial class ObservingJson : JsonSerializerContext
{
    public static ObservingJson Wire { get; } = new(JsonRules.Configure(new()));
}
