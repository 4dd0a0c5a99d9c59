using System.Text.Json.Serialization;

namespace Atoll.Server.Api.Ports;

/// <summary>What the routes of ports read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Items<PortView>))]
[JsonSerializable(typeof(ExposePortBody))]
[JsonSerializable(typeof(OpenedPortView))]
internal sealed partial class PortsJson : JsonSerializerContext;
