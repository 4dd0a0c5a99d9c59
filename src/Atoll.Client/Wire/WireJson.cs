using System.Text.Json.Serialization;
using Atoll.Client.Code;

namespace Atoll.Client.Wire;

/// <summary>Messages that callers never see.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProblemReply))]
[JsonSerializable(typeof(AttachControl))]
[JsonSerializable(typeof(CodeOutput))]
internal sealed partial class WireJson : JsonSerializerContext;
