using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Sandboxes;

/// <summary>What the routes of sandboxes read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateSandboxBody))]
[JsonSerializable(typeof(UpdateSandboxBody))]
[JsonSerializable(typeof(ExtendBody))]
[JsonSerializable(typeof(LeaseBody))]
[JsonSerializable(typeof(LeaseView))]
[JsonSerializable(typeof(Items<LeaseView>))]
[JsonSerializable(typeof(SandboxView))]
[JsonSerializable(typeof(OperationReply))]
[JsonSerializable(typeof(Items<SandboxView>))]
internal sealed partial class SandboxesJson : JsonSerializerContext
{
    public static SandboxesJson Wire { get; } = new(JsonRules.Configure(new()));
}
