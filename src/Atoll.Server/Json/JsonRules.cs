using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Atoll.Core.Checkpoints;
using Atoll.Core.Code;
using Atoll.Core.Guests.Files;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;
using Atoll.Server.Api.Words;

namespace Atoll.Server.Json;

/// <summary>
/// How the API reads and writes JSON; what it reads and writes is in each feature's own serializer context. Reading is strict: names case-sensitive and known, each once,
/// numbers as numbers, depth bounded.
/// </summary>
internal static class JsonRules
{
    /// <summary>Deeper than any request is.</summary>
    public const int MaxDepth = 16;

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
            new WordConverter<IsolationWord>(), new WordConverter<LifecycleWord>(), new WordConverter<OperationStatus>(), new WordConverter<FileKind>(), new WordConverter<CodeLanguage>(), new WordConverter<UserRole>(),
            new WordConverter<CheckpointKind>(), new WordConverter<DiskEntryKind>()]) options.Converters.Add(converter);
        return options;
    }
}
