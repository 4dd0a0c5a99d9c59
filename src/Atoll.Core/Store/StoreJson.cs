using System.Text.Json.Serialization;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Store;

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(CheckpointIdConverter)])]
[JsonSerializable(typeof(SandboxSpec))]
internal sealed partial class StoreJson : JsonSerializerContext;
