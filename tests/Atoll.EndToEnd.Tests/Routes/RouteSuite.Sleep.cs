using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    private const string Count = "i=0; while true; do i=$((i+1)); echo $i; sleep 0.05; done";

    [Fact, Operation("pauseSandbox", "resumeSandbox")]
    public async Task Pause_AndResume_EverythingStandsStillAndGoesOnWhereItWas()
    {
        var id = await CreateAsync(new() { ["lifecycle"] = new JsonObject { ["timeoutSeconds"] = 600, ["wakeOn"] = new JsonArray() } });
        await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = Count, ["tag"] = "count" }, Cancelled), HttpStatusCode.Created);
        var slow = _api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "touch /tmp/waiting; sleep 3; echo slept" }, Cancelled);
        await Eventually.HoldsAsync("both run", async () => await LinesAsync(id) > 2 && (int)(await _api.ExecAsync(id, "test -e /tmp/waiting", Cancelled))["exitCode"]! == 0, Cancelled);

        var paused = await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/pause", null, Cancelled));
        Assert.Equal(("paused", null, null), ((string)paused["state"]!, (string?)paused["stateReason"], (string?)paused["expiresAt"]));
        Assert.Equal("paused", (string)(await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/pause", null, Cancelled)))["state"]!);
        (await _api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "true" }, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "sandbox_paused");
        (await _api.GetAsync($"/v1/sandboxes/{id}/files?path=/etc/passwd", Cancelled)).ShouldBe(HttpStatusCode.Conflict, "sandbox_paused");
        var cpu = HostCgroup.CpuUsage(id);
        await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}/metrics", Cancelled));
        Assert.Contains(id, await IdsAsync("/v1/sandboxes?state=paused"));
        Assert.Equal(HttpStatusCode.OK, (await _api.SendAsync(HttpMethod.Patch, $"/v1/sandboxes/{id}", new JsonObject { ["metadata"] = new JsonObject { ["a"] = "b" } }.ToJsonString(), Cancelled)).Status);
        await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject(), Cancelled), HttpStatusCode.Created);
        Assert.Equal(cpu, HostCgroup.CpuUsage(id));
        Assert.False(slow.IsCompleted);

        var resumed = await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/resume", null, Cancelled));
        Assert.Equal("running", (string)resumed["state"]!);
        Assert.InRange((DateTimeOffset)resumed["expiresAt"]!, TimeProvider.System.GetUtcNow().AddSeconds(400), TimeProvider.System.GetUtcNow().AddSeconds(600));
        Assert.Equal("slept", Stdout(await OkAsync(slow)));
        var before = await LinesAsync(id);
        await Eventually.HoldsAsync("the counter goes on", async () => await LinesAsync(id) > before, Cancelled);
        Assert.Equal(Enumerable.Range(1, before), (await CountedAsync(id)).Take(before));
        await CleanAsync(id);
    }

    [Fact, Operation("stopSandbox", "startSandbox")]
    public async Task Stop_AndStart_TheSameComputerOnItsDiskWithAnotherAddress()
    {
        var name = Name("rests");
        var id = await CreateAsync(new() { ["name"] = name, ["env"] = new JsonObject { ["A"] = "one" } });
        await _api.ExecAsync(id, "echo kept > /kept; touch /dev/shm/memory", Cancelled, "root");
        var waiting = _api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "touch /tmp/waiting; sleep 600" }, Cancelled);
        await Eventually.HoldsAsync("a command runs", async () => (int)(await _api.ExecAsync(id, "test -e /tmp/waiting", Cancelled))["exitCode"]! == 0, Cancelled);

        var stopped = await OkAsync(_api.PostAsync($"/v1/sandboxes/{name}/stop", null, Cancelled));
        Assert.Equal((id, name, "stopped"), ((string)stopped["id"]!, (string)stopped["name"]!, (string)stopped["state"]!));
        Assert.NotEqual(HttpStatusCode.OK, (await waiting).Status);
        var left = HostTraces.Of(server.Server, id);
        Assert.All(left, trace => Assert.Contains("/sandboxes/" + id, trace, StringComparison.Ordinal));
        Assert.NotEmpty(left);
        var checkpoint = await CheckpointAsync(id, []);
        Assert.Empty((await OkAsync(_api.GetAsync($"/v1/checkpoints/{checkpoint["id"]}/diff", Cancelled)))["added"]!.AsArray());
        (await _api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = (string)checkpoint["id"]! }, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "sandbox_stopped");
        (await _api.PostAsync($"/v1/sandboxes/{id}/pause", null, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "sandbox_stopped");
        var fork = await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/fork", new JsonObject(), Cancelled), HttpStatusCode.Created);
        Assert.Equal("kept", Stdout(await _api.ExecAsync((string)fork["results"]![0]!["sandbox"]!["id"]!, "cat /kept", Cancelled)));
        await CleanAsync((string)fork["results"]![0]!["sandbox"]!["id"]!);

        Assert.Equal("running", (string)(await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/start", null, Cancelled)))["state"]!);
        Assert.Equal($"kept one {id} gone", Stdout(await _api.ExecAsync(name, "echo $(cat /kept) $A $(hostname) $(test -e /dev/shm/memory || echo gone)", Cancelled)));
        Assert.Equal("stopped", (string)(await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/stop", null, Cancelled)))["state"]!);

        // A call wakes it, once, and is served.
        var calls = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _api.ExecAsync(id, "cat /kept", Cancelled)));
        Assert.All(calls, call => Assert.Equal("kept", Stdout(call)));
        var events = (await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}/events", Cancelled)))["items"]!.AsArray().Select(happened => $"{happened!["type"]} {happened["from"]} {happened["to"]}");
        string[] once = ["sandbox.stopped running stopped", "sandbox.started stopped running"];
        Assert.Equal([.. once, .. once], events.Where(happened => once.Contains(happened)));
        await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/stop", null, Cancelled));
        await CleanAsync(id);
        await Eventually.HoldsAsync("nothing of it is on the host", () => HostTraces.Of(server.Server, id).Count == 0, Cancelled);
    }

    [Fact, Operation("archiveSandbox")]
    public async Task Archive_AndStart_NothingIsHereAndTheDiskComesBack()
    {
        var id = await CreateAsync();
        await _api.ExecAsync(id, "echo kept > /kept; chmod 4751 /kept", Cancelled, "root");
        var checkpoint = await CheckpointAsync(id, []);
        await _api.ExecAsync(id, "echo later > /later", Cancelled, "root");
        Assert.Equal("archived", (string)(await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/archive", null, Cancelled)))["state"]!);
        Assert.Empty(HostTraces.Of(server.Server, id));
        Assert.Contains(id, await IdsAsync("/v1/sandboxes?state=archived"));
        (await _api.PostAsync($"/v1/sandboxes/{id}/stop", null, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "sandbox_archived");
        (await _api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject(), Cancelled)).ShouldBe(HttpStatusCode.Conflict, "sandbox_archived");

        // Told as it goes; and by a call that needs it.
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/sandboxes/{id}/start");
        request.Headers.Accept.Add(new("text/event-stream"));
        using var told = await _api.Http.SendAsync(request, Cancelled);
        var events = await told.Content.ReadAsStringAsync(Cancelled);
        Assert.Contains("event: done", events, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"running\"", events, StringComparison.Ordinal);
        const string look = "echo $(cat /kept /later) $(stat -c %a /kept)";
        Assert.Equal("kept later 4751", Stdout(await _api.ExecAsync(id, look, Cancelled, "root")));
        await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/archive", null, Cancelled));
        Assert.Equal("kept later 4751", Stdout(await _api.ExecAsync(id, look, Cancelled, "root")));

        // Its checkpoints stay as they are, and it can be put back to them.
        await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = (string)checkpoint["id"]! }, Cancelled));
        Assert.Equal("kept no", Stdout(await _api.ExecAsync(id, "echo $(cat /kept) $(test -e /later || echo no)", Cancelled)));
        await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/archive", null, Cancelled));
        await CleanAsync(id);
        Assert.False(Directory.Exists(Path.Combine(server.Server.StateDirectory, "objects", "data", "archives", id)) && Directory.EnumerateFiles(Path.Combine(server.Server.StateDirectory, "objects", "data", "archives", id), "*", SearchOption.AllDirectories).Any());
    }

    [Fact, Operation("suspendSandbox")]
    public async Task Suspend_WhereMemoryCanBeSavedOrNot_IsDoneOrRefusedClearly()
    {
        var id = await CreateAsync();
        await _api.ExecAsync(id, "echo kept > /kept", Cancelled, "root");
        var suspended = await _api.PostAsync($"/v1/sandboxes/{id}/suspend", null, Cancelled);
        if (suspended.Status != HttpStatusCode.OK)
        {
            suspended.ShouldBe(HttpStatusCode.BadRequest, "not_supported");
            Assert.Contains("stop", (string)suspended.Json!["hint"]!, StringComparison.Ordinal);
            (await _api.PostAsync("/v1/sandboxes", new JsonObject { ["template"] = "minimal", ["isolation"] = Isolation, ["lifecycle"] = new JsonObject { ["onTimeout"] = "suspend" } }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "not_supported");
        }
        else
        {
            Assert.Equal("suspended", (string)suspended.Json!["state"]!);
        }

        Assert.Equal("kept", Stdout(await _api.ExecAsync(id, "cat /kept", Cancelled)));
        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled), HttpStatusCode.NoContent);
    }

    [Fact, Operation("createLease", "listLeases", "deleteLease")]
    public async Task Leases_TakenListedAndGivenBack_KeepItAwake()
    {
        var id = await CreateAsync(new() { ["lifecycle"] = new JsonObject { ["idleSeconds"] = 2, ["onIdle"] = "pause" } });
        var lease = await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/leases", new JsonObject { ["seconds"] = 600, ["name"] = "build" }, Cancelled), HttpStatusCode.Created);
        Assert.Equal("build", (string)lease["name"]!);
        var other = await CreateAsync(new() { ["lifecycle"] = new JsonObject { ["idleSeconds"] = 2, ["onIdle"] = "pause" } });
        await Eventually.HoldsAsync("the other is paused", async () => (string)(await OkAsync(_api.GetAsync($"/v1/sandboxes/{other}", Cancelled)))["state"]! == "paused", Cancelled);
        Assert.Equal("idle", (string)(await OkAsync(_api.GetAsync($"/v1/sandboxes/{other}", Cancelled)))["stateReason"]!);
        Assert.Equal("running", (string)(await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}", Cancelled)))["state"]!);
        Assert.Equal([(string)lease["id"]!], (await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}/leases", Cancelled)))["items"]!.AsArray().Select(item => (string)item!["id"]!));

        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{id}/leases/{lease["id"]}", Cancelled), HttpStatusCode.NoContent);
        (await _api.DeleteAsync($"/v1/sandboxes/{id}/leases/{lease["id"]}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "lease_not_found");
        (await _api.PostAsync($"/v1/sandboxes/{id}/leases", new JsonObject { ["seconds"] = 86401 }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        await Eventually.HoldsAsync("it is paused too", async () => (string)(await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}", Cancelled)))["state"]! == "paused", Cancelled);
        Assert.Equal("awake", Stdout(await _api.ExecAsync(id, "echo awake", Cancelled)));
        foreach (var one in (string[])[id, other]) await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{one}", Cancelled), HttpStatusCode.NoContent);
    }

    private async Task<int> LinesAsync(string id) => (await CountedAsync(id)).Count;

    private async Task<IReadOnlyList<int>> CountedAsync(string id)
    {
        var answer = await _api.GetAsync($"/v1/sandboxes/{id}/processes/count/output?offset=0&follow=false", Cancelled);
        var text = string.Concat(answer.Text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => (string?)JsonNode.Parse(line[6..])!["data"]));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }
}
