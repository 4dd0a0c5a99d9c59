using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Checkpoints;

/// <summary>What the routes of checkpoints read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateCheckpointBody))]
[JsonSerializable(typeof(RestoreBody))]
[JsonSerializable(typeof(ForkBody))]
[JsonSerializable(typeof(CheckpointView))]
[JsonSerializable(typeof(Items<CheckpointView>))]
[JsonSerializable(typeof(DiffView))]
[JsonSerializable(typeof(ForkView))]
[JsonSerializable(typeof(ExportView))]
[JsonSerializable(typeof(Items<StoredExportView>))]
[JsonSerializable(typeof(ImportBody))]
internal sealed partial class CheckpointsJson : JsonSerializerContext
{
    public static CheckpointsJson Wire { get; } = new(JsonRules.Configure(new()));
}
