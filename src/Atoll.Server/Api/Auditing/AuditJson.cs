using System.Text.Json.Serialization;

namespace Atoll.Server.Api.Auditing;

/// <summary>What the route of the audit log writes.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Items<AuditView>))]
internal sealed partial class AuditJson : JsonSerializerContext;
