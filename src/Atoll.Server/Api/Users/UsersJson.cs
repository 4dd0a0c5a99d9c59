using System.Text.Json.Serialization;
using Atoll.Server.Json;

namespace Atoll.Server.Api.Users;

/// <summary>What the routes of users read and write.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CreateUserBody))]
[JsonSerializable(typeof(UpdateUserBody))]
[JsonSerializable(typeof(UserView))]
[JsonSerializable(typeof(Items<UserView>))]
internal sealed partial class UsersJson : JsonSerializerContext
{
    public static UsersJson Wire { get; } = new(JsonRules.Configure(new()));
}
