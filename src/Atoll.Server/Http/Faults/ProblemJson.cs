using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Http.Faults;

/// <summary>Problems.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    public static ProblemJson Wire { get; } = new(JsonRules.Configure(new()));
}
