using System.Text.Json.Serialization;
using Atoll.Server.Api.Processes.Arguments;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Processes;

/// <summary>What the routes of processes read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ProcessBody))]
[JsonSerializable(typeof(ExecView))]
[JsonSerializable(typeof(ProcessView))]
[JsonSerializable(typeof(Items<ProcessView>))]
[JsonSerializable(typeof(StdinBody))]
[JsonSerializable(typeof(StdinView))]
[JsonSerializable(typeof(SignalBody))]
[JsonSerializable(typeof(TerminalBody))]
[JsonSerializable(typeof(OutputEvent))]
[JsonSerializable(typeof(DroppedEvent))]
[JsonSerializable(typeof(ExitEvent))]
internal sealed partial class ProcessesJson : JsonSerializerContext
{
    public static ProcessesJson Wire { get; } = new(JsonRules.Configure(new()));
}
