using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Teams;

/// <summary>What the routes of teams read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateTeamBody))]
[JsonSerializable(typeof(UpdateTeamBody))]
[JsonSerializable(typeof(TeamView))]
[JsonSerializable(typeof(Items<TeamView>))]
internal sealed partial class TeamsJson : JsonSerializerContext
{
    public static TeamsJson Wire { get; } = new(JsonRules.Configure(new()));
}
