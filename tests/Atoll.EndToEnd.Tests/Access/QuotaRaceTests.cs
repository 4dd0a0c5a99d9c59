using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Access;

public sealed class QuotaRaceTests(SharedServer server)
{
    private const int Quota = 5;
    private const int Attempts = 50;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_FiftyAtOnceOnAQuotaOfFive_MakesExactlyFive()
    {
        using var operators = await server.ReadyAsync(Cancelled);
        Requires.Tool("runc");
        var name = TeamRouteTests.Name();
        var made = await operators.PostAsync("/v1/teams", new JsonObject { ["name"] = name, ["quota"] = new JsonObject { ["sandboxes"] = Quota } }, Cancelled);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        using var team = new Api(server.Server.Url, await SecondTeam.KeyAsync(operators, name, new() { ["name"] = "k" }, Cancelled));

        var answers = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(_ => team.PostAsync("/v1/sandboxes", TeamRouteTests.Small(), Cancelled)));

        var ids = answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => (string)answer.Json!["id"]!).ToList();
        Assert.Equal(Quota, ids.Count);
        foreach (var refused in answers.Where(answer => answer.Status != HttpStatusCode.Created)) refused.ShouldBe(HttpStatusCode.TooManyRequests, "quota_exceeded");
        Assert.Equal(Quota, (int)(await team.GetAsync("/v1/team", Cancelled)).Json!["use"]!["sandboxes"]!);
        foreach (var id in ids) Assert.Equal(HttpStatusCode.NoContent, (await team.DeleteAsync($"/v1/sandboxes/{id}", Cancelled)).Status);
        Assert.Equal(0, (int)(await team.GetAsync("/v1/team", Cancelled)).Json!["use"]!["sandboxes"]!);
        Assert.Equal(HttpStatusCode.NoContent, (await operators.DeleteAsync($"/v1/teams/{name}", Cancelled)).Status);
    }
}
