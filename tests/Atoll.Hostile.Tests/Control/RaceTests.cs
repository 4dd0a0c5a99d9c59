using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Control;

/// <summary>Attacks 53, 55 and 59: requests that race each other, an agent that dies, times that are none.</summary>
public abstract class RaceTests(HostileServer server, string isolation) : HostileSuite(server, isolation)
{
    [Fact]
    public Task Attack53_SameIdempotencyKeyAtOnce_MakesOneSandbox() => BesideNeighbourAsync(async () =>
    {
        var key = Guid.NewGuid().ToString("N");
        var body = HostileServer.Body(Isolation).ToJsonString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => CreateWithKeyAsync(key, body)));
        var made = answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => (string)answer.Json!["id"]!).Distinct().ToList();
        var id = Assert.Single(made);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, answer.Text));
        Assert.Equal(id, (string)(await CreateWithKeyAsync(key, body)).Json!["id"]!);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
    });

    /// <summary>Deleted by name while it is being made, and by many at once: it is gone at the end, whoever came first.</summary>
    [Fact]
    public Task Attack53_CreateAndDeleteAtOnce_LeavesNothing() => BesideNeighbourAsync(async () =>
    {
        var random = new Random(53);
        for (var round = 0; round < 4; round++)
        {
            var name = $"race-{Guid.NewGuid():N}"[..16];
            var body = HostileServer.Body(Isolation);
            body["name"] = name;
            var create = Api.PostAsync("/v1/sandboxes", body, Cancellation);
            var deletes = Enumerable.Range(0, 6).Select(async _ =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60)), TimeProvider.System, Cancellation);
                return await Api.DeleteAsync($"/v1/sandboxes/{name}", Cancellation);
            }).ToList();
            var created = await create;
            foreach (var deleted in await Task.WhenAll(deletes)) Assert.True((int)deleted.Status is 204 or 404 or 409 or 410, deleted.Text);
            Assert.True(created.Status == HttpStatusCode.Created || created.Code is not null, created.Text);
            Assert.True((int)created.Status is not 500, created.Text);
            await Api.DeleteAsync($"/v1/sandboxes/{name}", Cancellation);
            await Eventually.HoldsAsync($"{name} is gone", async () => (await Api.GetAsync($"/v1/sandboxes?name={name}&state=creating,running", Cancellation)).Json!["items"]!.AsArray().Count == 0, Cancellation);
        }
    });

    /// <summary>gVisor (20240729) lets root inside kill process 1, as Linux does not: it ends its own sandbox, with the reason. It can stop it, too: see the next.</summary>
    [Fact]
    public Task Attack55_AgentKilledFromInside_EndsItsOwnSandboxAtMost() => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        foreach (var user in (string[])[User, Root])
        {
            // The last ends the shell that asks, too.
            foreach (var line in new[] { "kill -TERM 1", "kill -SEGV 1", "kill -STOP 1", "kill -9 1", "kill -9 -1" }.Where(line => !OwnKernel || user == User || line != "kill -STOP 1"))
                await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = line, ["user"] = user, ["timeoutSeconds"] = 5 }, Cancellation);
            var answer = await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "true" }, Cancellation);
            if (answer.Status == HttpStatusCode.OK) continue;
            Assert.True(user == Root && OwnKernel, answer.Text);
            JsonNode ended = new JsonObject();
            await Eventually.HoldsAsync("it has stopped", async () => (string?)(ended = await GetAsync(id))["state"] is "stopped", Cancellation);
            Assert.Equal("agent_died", (string?)ended["stateReason"]);
        }
    });

    /// <summary>
    /// Linux ignores it; gVisor (20240729) lets root inside stop process 1, and a call then ends with a code after half a minute, however long the command may take. So long that only
    /// the soak tries it there; AgentPulseTests does so with a clock of its own.
    /// </summary>
    [Fact]
    public Task Attack55_AgentStoppedFromInside_CallsEndWithACode() => BesideNeighbourAsync(async () =>
    {
        Assert.SkipUnless(Soaking.IsOn || !OwnKernel, "takes a minute: set ATOLL_SOAK=1");
        var id = await CreateAsync();
        var stop = await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "kill -STOP 1; sleep 1", ["user"] = Root, ["timeoutSeconds"] = 600 }, Cancellation);
        var next = await Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "true", ["timeoutSeconds"] = 600 }, Cancellation);
        foreach (var answer in (Answer[])[stop, next])
        {
            if (OwnKernel) Assert.Equal("agent_unreachable", answer.Code);
            else Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
    });

    [Fact]
    public Task Attack55_AgentKilledFromOutside_SandboxStopsWithTheReason() => BesideNeighbourAsync(async () =>
    {
        var id = await CreateAsync();
        var call = Api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "sleep 60" }, Cancellation);
        using (var process = Process.GetProcessById(Holdings.Process(Server.Real, id))) process.Kill();
        var answer = await call.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.True(answer.Code is not null, answer.Text);
        JsonNode ended = new JsonObject();
        await Eventually.HoldsAsync("it has stopped", async () => (string?)(ended = await GetAsync(id))["state"] is not "running", Cancellation);
        Assert.True((string?)ended["state"] == "stopped" && (string?)ended["stateReason"] == "agent_died", ended.ToJsonString());
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await Eventually.HoldsAsync("nothing of it is left", () => HostTraces.Of(Server.Real, id).Count == 0, Cancellation);
    });

    [Fact]
    public Task Attack59_TimesThatAreNone_AreRefused() => BesideNeighbourAsync(async () =>
    {
        foreach (var value in (string[])["2147483648", "9223372036854775808", "-1", "-0.0001", "1e308", "1e999", "\"NaN\"", "\"Infinity\"", "NaN", "\"3600\"", "[60]", "true"])
        {
            var create = HostileServer.Body(Isolation).ToJsonString().Replace("1800", value, StringComparison.Ordinal);
            var answers = new[]
            {
                await Api.SendAsync(HttpMethod.Post, "/v1/sandboxes", create, Cancellation),
                await Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{Sandbox}/extend", $$"""{"seconds":{{value}}}""", Cancellation),
                await Api.SendAsync(HttpMethod.Post, $"/v1/sandboxes/{Sandbox}/exec", $$"""{"command":"true","timeoutSeconds":{{value}}}""", Cancellation),
            };
            Assert.All(answers, answer => answer.ShouldBe(HttpStatusCode.BadRequest, "invalid_request"));
        }
    });

    private async Task<Answer> CreateWithKeyAsync(string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sandboxes") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", key);
        using var response = await Api.Http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return new Answer(response.StatusCode, JsonNode.Parse(text), text);
    }

    public sealed class Container(HostileServer server) : RaceTests(server, "container");

    public sealed class GVisor(HostileServer server) : RaceTests(server, "gvisor");
}
