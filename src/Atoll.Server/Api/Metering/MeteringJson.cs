using System.Text.Json.Serialization;

namespace Atoll.Server.Api.Metering;

/// <summary>What the routes of usage write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(UsageReportView))]
[JsonSerializable(typeof(UsageRatesView))]
internal sealed partial class MeteringJson : JsonSerializerContext;
