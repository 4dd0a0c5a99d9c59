using System.Text.Json.Serialization;
using Atoll.Client.Checkpoints;
using Atoll.Client.Code;
using Atoll.Client.Files;
using Atoll.Client.Keys;
using Atoll.Client.Ports;
using Atoll.Client.Processes;
using Atoll.Client.Sandboxes;
using Atoll.Client.Teams;
using Atoll.Client.Volumes;

namespace Atoll.Client.Wire;

/// <summary>How requests are written: what was not given is left out, so that the server's default holds.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreateSandbox))]
[JsonSerializable(typeof(CreateCheckpoint))]
[JsonSerializable(typeof(RestoreSandbox))]
[JsonSerializable(typeof(ForkSandbox))]
[JsonSerializable(typeof(ImportCheckpoint))]
[JsonSerializable(typeof(ExtendSandbox))]
[JsonSerializable(typeof(TakeLease))]
[JsonSerializable(typeof(ExposePort))]
[JsonSerializable(typeof(StartProcess))]
[JsonSerializable(typeof(RunCode))]
[JsonSerializable(typeof(CreateCodeContext))]
[JsonSerializable(typeof(SignalProcess))]
[JsonSerializable(typeof(ResizeTerminal))]
[JsonSerializable(typeof(CreateKey))]
[JsonSerializable(typeof(SaveTeam))]
[JsonSerializable(typeof(CreateUser))]
[JsonSerializable(typeof(UpdateUser))]
[JsonSerializable(typeof(ChangeMode))]
[JsonSerializable(typeof(MakeDirectory))]
[JsonSerializable(typeof(CreateVolume))]
[JsonSerializable(typeof(UpdateVolume))]
internal sealed partial class AtollRequestJson : JsonSerializerContext;
