using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Files;

/// <summary>What the routes of files read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
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
internal sealed partial class FilesJson : JsonSerializerContext
{
    public static FilesJson Wire { get; } = new(JsonRules.Configure(new()));
}
