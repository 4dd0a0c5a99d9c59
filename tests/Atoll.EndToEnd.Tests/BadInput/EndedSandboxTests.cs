using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>What has ended says so, with its reason, and has left nothing on the host.</summary>
public abstract class EndedSandboxTests(BadInputServer server, string isolation) : SandboxSuite(server, isolation)
{
    [Fact]
    public async Task EveryUse_DeletedSandbox_SaysWhyItEnded()
    {
        var id = await Api.CreateAsync(BadInputServer.Small(Isolation), Cancellation);
        Assert.NotEmpty(HostTraces.Of(Server.Real, id));
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await ShouldSayAsync(id, "killed_by_user", "deleted by");
        await Eventually.HoldsAsync($"nothing of {id} is left", () => HostTraces.Of(Server.Real, id).Count == 0, Cancellation, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task EveryUse_SandboxWhoseTimeWasUp_SaysWhyItEnded()
    {
        var body = BadInputServer.Small(Isolation);
        body["lifecycle"]!["timeoutSeconds"] = 1;
        var id = await Api.CreateAsync(body, Cancellation);
        await Eventually.HoldsAsync("its time is up", async () => (await GetAsync(id))["endedAt"] is not null, Cancellation);
        await ShouldSayAsync(id, "timeout", "its time");
        await Eventually.HoldsAsync($"nothing of {id} is left", () => HostTraces.Of(Server.Real, id).Count == 0, Cancellation, TimeSpan.FromSeconds(30));
    }

    private async Task ShouldSayAsync(string id, string reason, string words)
    {
        var sandbox = await GetAsync(id);
        Assert.Equal("deleted", (string?)sandbox["state"]);
        Assert.Equal(reason, (string?)sandbox["stateReason"]);
        Answer[] answers =
        [
            await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "true" }, Cancellation),
            await Api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = "true" }, Cancellation),
            await Api.GetAsync($"/v1/sandboxes/{id}/processes", Cancellation),
            await Api.GetAsync($"/v1/sandboxes/{id}/files?path=/etc/passwd", Cancellation),
            await Api.GetAsync($"/v1/sandboxes/{id}/files/list?path=/", Cancellation),
            await Api.GetAsync($"/v1/sandboxes/{id}/ports", Cancellation),
            await Api.SendAsync(HttpMethod.Put, $"/v1/sandboxes/{id}/files?path=/tmp/x", "{}", Cancellation),
            await Api.PostAsync($"/v1/sandboxes/{id}/extend", new JsonObject { ["seconds"] = 60 }, Cancellation),
            await Api.SendAsync(HttpMethod.Patch, $"/v1/sandboxes/{id}", """{"metadata":{"a":"b"}}""", Cancellation),
        ];
        foreach (var answer in answers)
        {
            answer.ShouldBe(HttpStatusCode.Gone, "sandbox_ended");
            Assert.Contains(words, (string)answer.Json!["detail"]!, StringComparison.Ordinal);
        }
    }

    private async Task<JsonNode> GetAsync(string id) => (await Api.GetAsync($"/v1/sandboxes/{id}", Cancellation)).Json!;

    public sealed class Container(BadInputServer server) : EndedSandboxTests(server, "container");

    public sealed class GVisor(BadInputServer server) : EndedSandboxTests(server, "gvisor");
}
