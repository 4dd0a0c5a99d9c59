using System.Text.Json.Serialization;

namespace Atoll.Client.Wire;

/// <summary>Messages that callers never see.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProblemReply))]
[JsonSerializable(typeof(AttachControl))]
internal sealed partial class WireJson : JsonSerializerContext;
