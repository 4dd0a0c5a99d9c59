using System.Text.Json.Serialization;
using Atoll.Cli.Configuration;

namespace Atoll.Cli.Output;

/// <summary>JSON of this program's own: its configuration, and results that no API answer holds.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(ConfigFile))]
[JsonSerializable(typeof(VersionJson))]
[JsonSerializable(typeof(LoginJson))]
[JsonSerializable(typeof(RemovedJson))]
[JsonSerializable(typeof(CopyJson))]
[JsonSerializable(typeof(SignalledJson))]
[JsonSerializable(typeof(UsageJson))]
[JsonSerializable(typeof(StartedJson))]
internal sealed partial class CliJson : JsonSerializerContext;
