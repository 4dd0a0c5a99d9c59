using System.Text.Json.Serialization;

namespace Atoll.Cli.Configuration;

/// <summary>How the configuration file is written.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConfigFile))]
internal sealed partial class ConfigJson : JsonSerializerContext;
