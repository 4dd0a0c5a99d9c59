using System.Text.Json.Serialization;

namespace Atoll.Cli.Output;

/// <summary>Results of this program's own, which no API answer holds.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(VersionJson))]
[JsonSerializable(typeof(LoginJson))]
[JsonSerializable(typeof(RemovedJson))]
[JsonSerializable(typeof(CopyJson))]
[JsonSerializable(typeof(SignalledJson))]
[JsonSerializable(typeof(UsageJson))]
[JsonSerializable(typeof(StartedJson))]
internal sealed partial class CliJson : JsonSerializerContext;
