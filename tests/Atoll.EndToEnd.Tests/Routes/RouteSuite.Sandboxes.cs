using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("createSandbox", "getSandbox", "deleteSandbox")]
    public async Task Sandbox_CreatedWithEveryField_IsWhatWasAskedAndGoneWhenDeleted()
    {
        var name = Name("every");
        var body = new JsonObject
        {
            ["name"] = name,
            ["template"] = "minimal",
            ["checkpoint"] = null,
            ["isolation"] = Isolation,
            ["cpu"] = 0.5,
            ["memoryMiB"] = 192,
            ["diskMiB"] = 256,
            ["processes"] = 100,
            ["env"] = new JsonObject { ["A"] = "one two" },
            ["metadata"] = new JsonObject { ["purpose"] = "test" },
            ["user"] = "root",
            ["workdir"] = "/tmp",
            ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 600, ["onTimeout"] = "delete", ["idleSeconds"] = 500, ["onIdle"] = "delete", ["wakeOn"] = new JsonArray("api", "http") },
            ["network"] = new JsonObject
            {
                ["egress"] = new JsonObject { ["default"] = "deny", ["allow"] = new JsonArray(), ["deny"] = new JsonArray(), ["rules"] = new JsonArray() },
                ["join"] = new JsonArray(),
                ["publicPorts"] = new JsonArray(),
            },
            ["volumes"] = new JsonArray(),
            ["secrets"] = new JsonArray(),
            ["gpus"] = 0,
            ["count"] = 1,
        };
        var made = await OkAsync(_api.PostAsync("/v1/sandboxes", body, Cancelled), HttpStatusCode.Created);
        var id = (string)made["id"]!;
        foreach (var field in new[] { "name", "template", "isolation", "cpu", "memoryMiB", "diskMiB", "processes", "env", "metadata", "user", "workdir" })
            Assert.True(JsonNode.DeepEquals(body[field], made[field]), $"{field}: {made[field]}");
        Assert.Equal(("running", "deny", 600, 500), ((string)made["state"]!, (string)made["network"]!["egress"]!["default"]!, (int)made["lifecycle"]!["timeoutSeconds"]!, (int)made["lifecycle"]!["idleSeconds"]!));
        Assert.InRange((DateTimeOffset)made["expiresAt"]! - (DateTimeOffset)made["createdAt"]!, TimeSpan.FromSeconds(599), TimeSpan.FromSeconds(660));
        // The host name is the id, whatever the name: that can be changed.
        Assert.Equal($"0 /tmp one two {id}", Stdout(await _api.ExecAsync(name, "echo $(id -u) $(pwd) $A $(hostname)", Cancelled)));
        Assert.Equal((HostCgroup.LimitOf(Isolation, 192), 0.5), (HostCgroup.MemoryBytes(id), HostCgroup.Cpu(id)));
        Assert.Equal(id, (string)(await OkAsync(_api.GetAsync($"/v1/sandboxes/{name}", Cancelled)))["id"]!);

        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{name}", Cancelled), HttpStatusCode.NoContent);
        (await _api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "true" }, Cancelled)).ShouldBe(HttpStatusCode.Gone, "sandbox_ended");
        await Eventually.HoldsAsync("nothing of it is on the host", () => HostTraces.Of(server.Server, id).Count == 0, Cancelled);
    }

    [Fact, Operation("createSandbox", "getOperation")]
    public async Task Sandbox_NotWaitedFor_IsFollowedByItsOperation()
    {
        var body = new JsonObject { ["template"] = "minimal", ["isolation"] = Isolation };
        var accepted = await OkAsync(_api.PostAsync("/v1/sandboxes?wait=false", body, Cancelled), HttpStatusCode.Accepted);
        var url = (string)accepted["operation"]!["url"]!;
        JsonNode reply = accepted;
        await Eventually.HoldsAsync("the operation has ended", async () => (string)(reply = await OkAsync(_api.GetAsync(url, Cancelled)))["operation"]!["status"]! != "running", Cancelled);
        Assert.Equal(("succeeded", "running"), ((string)reply["operation"]!["status"]!, (string)reply["sandbox"]!["state"]!));
        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{reply["sandbox"]!["id"]}", Cancelled), HttpStatusCode.NoContent);
    }

    [Fact, Operation("listSandboxes")]
    public async Task Sandboxes_Listed_ByMetadataStateNameAndPage()
    {
        var mark = Name("mark");
        var ids = new List<string>();
        for (var count = 0; count < 2; count++) ids.Add(await CreateAsync(new() { ["name"] = $"{mark}-{count}", ["metadata"] = new JsonObject { ["mark"] = mark } }));
        var query = $"/v1/sandboxes?state=running&metadata.mark={mark}";
        Assert.Equal(ids.AsEnumerable().Reverse(), await IdsAsync(query));
        var first = await OkAsync(_api.GetAsync(query + "&limit=1", Cancelled));
        var second = await OkAsync(_api.GetAsync($"{query}&limit=1&cursor={Uri.EscapeDataString((string)first["nextCursor"]!)}", Cancelled));
        Assert.Equal((ids[1], ids[0]), ((string)Items(first).Single()["id"]!, (string)Items(second).Single()["id"]!));
        Assert.Equal([ids[0]], await IdsAsync($"/v1/sandboxes?name={mark}-0"));
        await _api.DeleteAsync($"/v1/sandboxes/{ids[0]}", Cancelled);
        Assert.Equal([ids[1]], await IdsAsync(query));
        await _api.DeleteAsync($"/v1/sandboxes/{ids[1]}", Cancelled);
        (await _api.GetAsync("/v1/sandboxes?state=nonsense", Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact, Operation("updateSandbox", "extendSandbox")]
    public async Task Sandbox_ChangedAndExtended_IsInForceAtOnce()
    {
        var id = await CreateAsync(new() { ["env"] = new JsonObject { ["OLD"] = "1" }, ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 300 } });
        var name = Name("renamed");
        var body = new JsonObject
        {
            ["name"] = name,
            ["metadata"] = new JsonObject { ["k"] = "v" },
            ["env"] = new JsonObject { ["NEW"] = "2" },
            ["cpu"] = 0.7,
            ["memoryMiB"] = 320,
            ["processes"] = 90,
            ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 900, ["idleSeconds"] = 0 },
        };
        var changed = await OkAsync(_api.SendAsync(HttpMethod.Patch, $"/v1/sandboxes/{id}", body.ToJsonString(), Cancelled));
        foreach (var field in new[] { "name", "metadata", "env", "cpu", "memoryMiB", "processes" }) Assert.True(JsonNode.DeepEquals(body[field], changed[field]), $"{field}: {changed[field]}");
        Assert.Equal("2 gone", Stdout(await _api.ExecAsync(name, "echo $NEW ${OLD:-gone}", Cancelled)));
        Assert.Equal((HostCgroup.LimitOf(Isolation, 320), 0.7), (HostCgroup.MemoryBytes(id), HostCgroup.Cpu(id)));

        var extended = await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/extend", new JsonObject { ["seconds"] = 5000 }, Cancelled));
        Assert.True((DateTimeOffset)extended["expiresAt"]! > (DateTimeOffset)changed["expiresAt"]!, $"{changed["expiresAt"]} to {extended["expiresAt"]}");
        await _api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
    }

    [Fact, Operation("createSandbox", "getSandbox")]
    public async Task Sandbox_ItsTimeIsUp_EndsWithTheReason()
    {
        var id = await CreateAsync(new() { ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 2 } });
        JsonNode found = new JsonObject();
        await Eventually.HoldsAsync("it has ended", async () => (string)(found = await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}", Cancelled)))["state"]! == "deleted", Cancelled);
        Assert.Equal("timeout", (string)found["stateReason"]!);
    }

    private async Task<IEnumerable<string>> IdsAsync(string query) => Items(await OkAsync(_api.GetAsync(query, Cancelled))).Select(item => (string)item["id"]!);
}
