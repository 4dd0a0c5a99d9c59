using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams.Audit;

namespace Atoll.Core.Store;

[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(CheckpointIdConverter), typeof(VolumeIdConverter)])]
[JsonSerializable(typeof(SandboxSpec))]
[JsonSerializable(typeof(ImmutableArray<KeepAwake>))]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class StoreJson : JsonSerializerContext;
