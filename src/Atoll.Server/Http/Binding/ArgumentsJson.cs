using System.Text.Json.Serialization;

namespace Atoll.Server.Http.Binding;

/// <summary>Values without a shape of their own: arguments of routes, and bytes.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(bool?))]
internal sealed partial class ArgumentsJson : JsonSerializerContext;
