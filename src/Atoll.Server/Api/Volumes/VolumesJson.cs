using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Volumes;

/// <summary>What the routes of volumes read and write; their files are as sandboxes'.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateVolumeBody))]
[JsonSerializable(typeof(SnapshotVolumeBody))]
[JsonSerializable(typeof(UpdateVolumeBody))]
[JsonSerializable(typeof(VolumeView))]
[JsonSerializable(typeof(Items<VolumeView>))]
internal sealed partial class VolumesJson : JsonSerializerContext
{
    public static VolumesJson Wire { get; } = new(JsonRules.Configure(new()));
}
