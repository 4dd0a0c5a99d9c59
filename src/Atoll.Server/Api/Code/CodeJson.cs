using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Code;

/// <summary>What the routes of code read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CodeBody))]
[JsonSerializable(typeof(CodeView))]
[JsonSerializable(typeof(CodeContextBody))]
[JsonSerializable(typeof(CodeContextView))]
[JsonSerializable(typeof(Items<CodeContextView>))]
[JsonSerializable(typeof(CodeStartEvent))]
[JsonSerializable(typeof(CodeTextEvent))]
[JsonSerializable(typeof(CodeEndEvent))]
internal sealed partial class CodeJson : JsonSerializerContext
{
    public static CodeJson Wire { get; } = new(JsonRules.Configure(new()));
}
