using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Service;

/// <summary>What the routes about the service itself write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(DoctorView))]
[JsonSerializable(typeof(WhoAmIView))]
[JsonSerializable(typeof(InfoView))]
internal sealed partial class ServiceJson : JsonSerializerContext
{
    public static ServiceJson Wire { get; } = new(JsonRules.Configure(new()));
}
