using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Atoll.Testing.Server;

/// <summary>Another team with a key of its own, made by the operator whose key the first start left.</summary>
public static class SecondTeam
{
    /// <summary>Returns the team's key.</summary>
    public static async Task<string> CreateAsync(RealServer server, CancellationToken cancellation)
    {
        using var api = new Api(server.Url, server.ApiKey);
        var name = "other-" + RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 12);
        var team = await api.PostAsync("/v1/teams", new JsonObject { ["name"] = name }, cancellation);
        Assert.True(team.Status == HttpStatusCode.Created, team.Text);
        return await KeyAsync(api, name, new JsonObject { ["name"] = "other" }, cancellation);
    }

    /// <summary>Makes a key of a team and returns it.</summary>
    public static async Task<string> KeyAsync(Api operators, string team, JsonObject body, CancellationToken cancellation)
    {
        var key = await operators.PostAsync($"/v1/teams/{team}/keys", body, cancellation);
        Assert.True(key.Status == HttpStatusCode.Created, key.Text);
        return (string)key.Json!["key"]!;
    }
}
