using System.Text.Json.Serialization;
using Atoll.Client.Http;
using Atoll.Client.Processes;

namespace Atoll.Client;

/// <summary>Messages that callers never see.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProblemReply))]
[JsonSerializable(typeof(AttachControl))]
internal sealed partial class WireJson : JsonSerializerContext;
