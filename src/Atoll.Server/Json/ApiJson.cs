using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Atoll.Core.Guests.Files;
using Atoll.Core.Sandboxes;
using Atoll.Server.Api;
using Atoll.Server.Api.Files;
using Atoll.Server.Api.Keys;
using Atoll.Server.Api.Observing;
using Atoll.Server.Api.Processes;
using Atoll.Server.Api.Processes.Attaching;
using Atoll.Server.Api.Sandboxes;
using Atoll.Server.Api.Service;
using Atoll.Server.Hosting;
using Atoll.Server.Http.Faults;

namespace Atoll.Server.Json;

/// <summary>
/// Everything the API reads and writes. Reading is strict: names case-sensitive and known, each once, numbers as numbers, depth bounded.
/// </summary>
[JsonSourceGenerationOptions(Converters = [
    typeof(WordConverter<SandboxState>), typeof(WordConverter<EndReason>), typeof(WordConverter<IsolationKind>), typeof(WordConverter<LifecycleAction>), typeof(WordConverter<EgressDefault>),
    typeof(WordConverter<IsolationWord>), typeof(WordConverter<LifecycleWord>), typeof(WordConverter<OperationStatus>), typeof(WordConverter<FileKind>)])]
[JsonSerializable(typeof(ClientConfig))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(DoctorView))]
[JsonSerializable(typeof(WhoAmIView))]
[JsonSerializable(typeof(InfoView))]
[JsonSerializable(typeof(CreateSandboxBody))]
[JsonSerializable(typeof(UpdateSandboxBody))]
[JsonSerializable(typeof(ExtendBody))]
[JsonSerializable(typeof(SandboxView))]
[JsonSerializable(typeof(OperationReply))]
[JsonSerializable(typeof(Items<SandboxView>))]
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
[JsonSerializable(typeof(AttachControl))]
[JsonSerializable(typeof(AttachEvent))]
[JsonSerializable(typeof(FileView))]
[JsonSerializable(typeof(TruncatedItems<FileView>))]
[JsonSerializable(typeof(MkdirBody))]
[JsonSerializable(typeof(MoveBody))]
[JsonSerializable(typeof(CopyBody))]
[JsonSerializable(typeof(ChmodBody))]
[JsonSerializable(typeof(ChownBody))]
[JsonSerializable(typeof(FindBody))]
[JsonSerializable(typeof(TruncatedItems<MatchView>))]
[JsonSerializable(typeof(ReplaceBody))]
[JsonSerializable(typeof(Items<ReplacementView>))]
[JsonSerializable(typeof(ChangeView))]
[JsonSerializable(typeof(ExtractView))]
[JsonSerializable(typeof(Items<PortView>))]
[JsonSerializable(typeof(TruncatedItems<LogView>))]
[JsonSerializable(typeof(Items<UsageView>))]
[JsonSerializable(typeof(Items<EventView>))]
[JsonSerializable(typeof(CreateKeyBody))]
[JsonSerializable(typeof(CreatedKeyView))]
[JsonSerializable(typeof(Items<KeyView>))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(bool?))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Deeper than any request is.</summary>
    public const int MaxDepth = 16;

    /// <summary>As the API writes and reads it.</summary>
    public static ApiJson Wire { get; } = new(Configure(new()));

    /// <summary>For writers of streams. Text stays readable: it is served as JSON, never inside HTML.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = MaxDepth;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        foreach (var converter in (JsonConverter[])[
            new WordConverter<SandboxState>(), new WordConverter<EndReason>(), new WordConverter<IsolationKind>(), new WordConverter<LifecycleAction>(), new WordConverter<EgressDefault>(),
            new WordConverter<IsolationWord>(), new WordConverter<LifecycleWord>(), new WordConverter<OperationStatus>(), new WordConverter<FileKind>()]) options.Converters.Add(converter);
        return options;
    }
}
