using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("createCheckpoint", "getCheckpoint", "listSandboxCheckpoints", "listCheckpoints", "deleteCheckpoint")]
    public async Task Checkpoints_MadeListedAndDeleted_FormATreeThatOutlivesItsSandbox()
    {
        var id = await CreateAsync();
        await _api.ExecAsync(id, "echo one > /one", Cancelled, "root");
        var first = await CheckpointAsync(id, new() { ["name"] = "first", ["comment"] = "to begin with" });
        Assert.Equal(("first", "to begin with", null, false, "disk", Isolation), ((string)first["name"]!, (string)first["comment"]!, (string?)first["parent"], (bool)first["unchanged"]!, (string)first["kind"]!, (string)first["isolation"]!));
        var same = await CheckpointAsync(id, []);
        Assert.Equal(((string)first["id"]!, true, 0L), ((string)same["parent"]!, (bool)same["unchanged"]!, (long)same["sizeBytes"]!));
        await _api.ExecAsync(id, "head -c 1000000 /dev/urandom > /big", Cancelled, "root");
        var third = await CheckpointAsync(id, []);
        Assert.Equal(((string)same["id"]!, false), ((string)third["parent"]!, (bool)third["unchanged"]!));
        Assert.InRange((long)third["sizeBytes"]!, 1_000_000, 3_000_000);
        Assert.Equal((string)third["id"]!, (string)(await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}", Cancelled)))["checkpoint"]!);
        Assert.Equal([(string)third["id"]!, (string)same["id"]!, (string)first["id"]!], await CheckpointIdsAsync($"/v1/sandboxes/{id}/checkpoints"));

        await OkAsync(_api.DeleteAsync($"/v1/checkpoints/{same["id"]}", Cancelled), HttpStatusCode.NoContent);
        Assert.Equal((string)first["id"]!, (string)(await OkAsync(_api.GetAsync($"/v1/checkpoints/{third["id"]}", Cancelled)))["parent"]!);
        (await _api.GetAsync($"/v1/checkpoints/{same["id"]}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "checkpoint_not_found");
        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled), HttpStatusCode.NoContent);
        Assert.Contains((string)third["id"]!, await CheckpointIdsAsync("/v1/checkpoints?limit=1000"));
        Assert.Equal(2, (await CheckpointIdsAsync($"/v1/sandboxes/{id}/checkpoints")).Count);
        foreach (var left in (JsonNode[])[first, third]) await OkAsync(_api.DeleteAsync($"/v1/checkpoints/{left["id"]}", Cancelled), HttpStatusCode.NoContent);
    }

    [Fact, Operation("diffCheckpoint")]
    public async Task Diff_BetweenCheckpointsAndNow_NamesWhatChanged()
    {
        var id = await CreateAsync();
        await _api.ExecAsync(id, "mkdir -p /d/sub /m/deep; echo 1 > /d/kept; echo 1 > /d/grows; echo 1 > /d/goes; echo 1 > /d/sub/x; echo 1 > /m/deep/y", Cancelled, "root");
        var first = await CheckpointAsync(id, []);
        await _api.ExecAsync(id, "echo more >> /d/grows; rm /d/goes; rm -r /d/sub; mv /m /moved; ln -s kept /d/link; mkdir /d/new; echo z > /d/new/z", Cancelled, "root");
        var second = await CheckpointAsync(id, []);
        await _api.ExecAsync(id, "echo now > /now", Cancelled, "root");

        var diff = await OkAsync(_api.GetAsync($"/v1/checkpoints/{first["id"]}/diff?to={second["id"]}", Cancelled));
        Assert.Equal(["/d/link", "/d/new", "/d/new/z", "/moved", "/moved/deep", "/moved/deep/y"], PathsOf(diff["added"]));
        Assert.Equal(["/d/grows"], PathsOf(diff["changed"]));
        Assert.Equal(["/d/goes", "/d/sub", "/d/sub/x", "/m", "/m/deep", "/m/deep/y"], PathsOf(diff["removed"]));
        Assert.Equal((7, 2), ((int)diff["changed"]![0]!["sizeBytes"]!, (int)diff["changed"]![0]!["sizeBefore"]!));
        Assert.Equal(["/now"], PathsOf((await OkAsync(_api.GetAsync($"/v1/checkpoints/{second["id"]}/diff", Cancelled)))["added"]));
        var some = await OkAsync(_api.GetAsync($"/v1/checkpoints/{first["id"]}/diff?to={id}&limit=3", Cancelled));
        Assert.True((bool)some["truncated"]!);
        await CleanAsync(id);
    }

    [Fact, Operation("restoreSandbox")]
    public async Task Restore_InPlace_IsTheSameSandboxWithItsDiskAsItWas()
    {
        var name = Name("back");
        var id = await CreateAsync(new() { ["name"] = name });
        await _api.ExecAsync(id, "echo saved > /state", Cancelled, "root");
        await CheckpointAsync(id, new() { ["name"] = "good" });
        await _api.ExecAsync(id, "echo broken > /state; touch /later", Cancelled, "root");
        const string address = "ip addr show eth0 | grep -o 'inet [0-9.]*'";
        var before = Stdout(await _api.ExecAsync(id, address, Cancelled));
        var waiting = _api.PostAsync($"/v1/sandboxes/{id}/exec", new JsonObject { ["command"] = "touch /waiting; sleep 600", ["user"] = "root" }, Cancelled);
        await Eventually.HoldsAsync("a command runs", async () => (int)(await _api.ExecAsync(id, "test -e /waiting", Cancelled))["exitCode"]! == 0, Cancelled);

        var restored = await OkAsync(_api.PostAsync($"/v1/sandboxes/{name}/restore", new JsonObject { ["checkpoint"] = "good" }, Cancelled));
        Assert.Equal((id, name, "running"), ((string)restored["id"]!, (string)restored["name"]!, (string)restored["state"]!));
        Assert.NotEqual(HttpStatusCode.OK, (await waiting).Status);
        Assert.Equal($"saved no {id}", Stdout(await _api.ExecAsync(id, "echo $(cat /state) $(test -e /later || echo no) $(hostname)", Cancelled)));
        Assert.Equal(before, Stdout(await _api.ExecAsync(id, address, Cancelled)));
        Assert.True((bool)(await CheckpointAsync(id, []))["unchanged"]!);
        var events = (await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}/events", Cancelled)))["items"]!.AsArray().Select(happened => (string)happened!["type"]!);
        Assert.Equal(["sandbox.created", "sandbox.running", "checkpoint.created", "sandbox.restored", "checkpoint.created"], events);
        await CleanAsync(id);
    }

    [Fact, Operation("forkSandbox", "forkCheckpoint")]
    public async Task Fork_OfASandboxAndACheckpoint_EachIsAComputerOfItsOwn()
    {
        var id = await CreateAsync(new() { ["env"] = new JsonObject { ["FROM"] = "origin" } });
        await _api.ExecAsync(id, "echo saved > /state; echo 0123456789abcdef0123456789abcdef > /etc/machine-id; mkdir -p /etc/ssh; echo secret > /etc/ssh/ssh_host_ed25519_key", Cancelled, "root");
        var forked = await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/fork", new JsonObject { ["count"] = 3, ["memoryMiB"] = 192 }, Cancelled), HttpStatusCode.Created);
        var forks = forked["results"]!.AsArray().Select(one => one!["sandbox"]!).ToList();
        const string who = "cat /etc/machine-id; ip addr show eth0 | grep -o 'inet [0-9.]*'; hostname";
        var seen = new HashSet<string> { Stdout(await _api.ExecAsync(id, who, Cancelled)) };
        foreach (var fork in forks)
        {
            Assert.Equal(((string)forked["checkpoint"]!, 192, Isolation), ((string)fork["checkpoint"]!, (int)fork["memoryMiB"]!, (string)fork["isolation"]!));
            var own = (string)fork["id"]!;
            Assert.Equal("saved origin", Stdout(await _api.ExecAsync(own, "echo $(cat /state) $FROM $(cat /etc/ssh/*)", Cancelled)));
            Assert.True(seen.Add(Stdout(await _api.ExecAsync(own, who, Cancelled))), "two have one identity");
            await _api.ExecAsync(own, "echo mine > /state", Cancelled, "root");
        }

        Assert.Equal("saved", Stdout(await _api.ExecAsync(id, "cat /state", Cancelled)));
        var again = await OkAsync(_api.PostAsync($"/v1/checkpoints/{forked["checkpoint"]}/fork", new JsonObject(), Cancelled), HttpStatusCode.Created);
        var single = (string)again["results"]![0]!["sandbox"]!["id"]!;
        Assert.Equal("saved", Stdout(await _api.ExecAsync(single, "cat /state", Cancelled)));
        var made = await OkAsync(_api.PostAsync("/v1/sandboxes", new JsonObject { ["checkpoint"] = (string)forked["checkpoint"]! }, Cancelled), HttpStatusCode.Created);
        Assert.Equal("saved", Stdout(await _api.ExecAsync((string)made["id"]!, "cat /state", Cancelled)));
        foreach (var one in forks.Select(fork => (string)fork["id"]!).Append(single).Append((string)made["id"]!)) await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{one}", Cancelled), HttpStatusCode.NoContent);
        await CleanAsync(id);
    }

    [Fact, Operation("listExports", "deleteExport")]
    public async Task Export_Deleted_IsListedAndImportedNoMore()
    {
        var id = await CreateAsync();
        var made = await CheckpointAsync(id, new() { ["name"] = "good" });
        var key = (string)(await OkAsync(_api.PostAsync($"/v1/checkpoints/{made["id"]}/export", new JsonObject(), Cancelled)))["key"]!;
        await OkAsync(_api.DeleteAsync($"/v1/checkpoints/{made["id"]}", Cancelled), HttpStatusCode.NoContent);
        var listed = Assert.Single((await OkAsync(_api.GetAsync("/v1/exports?limit=1000", Cancelled)))["items"]!.AsArray(), item => (string)item!["key"]! == key)!;
        Assert.Equal(((string)made["id"]!, "good", "disk"), ((string)listed["checkpoint"]!, (string)listed["name"]!, (string)listed["kind"]!));
        Assert.True((long)listed["sizeBytes"]! > 0);
        await OkAsync(_api.DeleteAsync($"/v1/{key}", Cancelled), HttpStatusCode.NoContent);
        (await _api.PostAsync("/v1/checkpoints/import", new JsonObject { ["key"] = key }, Cancelled)).ShouldBe(HttpStatusCode.NotFound, "object_not_found");
        (await _api.DeleteAsync($"/v1/{key}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "object_not_found");
        (await _api.DeleteAsync("/v1/exports/x/y", Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        await CleanAsync(id);
    }

    [Fact, Operation("exportCheckpoint", "downloadCheckpoint", "importCheckpoint")]
    public async Task Transfer_ExportedDownloadedAndImported_IsACheckpointAgain()
    {
        var id = await CreateAsync();
        await _api.ExecAsync(id, "echo saved > /state", Cancelled, "root");
        var made = await CheckpointAsync(id, new() { ["name"] = "good" });
        var exported = await OkAsync(_api.PostAsync($"/v1/checkpoints/{made["id"]}/export", new JsonObject(), Cancelled));
        Assert.StartsWith($"exports/{made["id"]}/", (string)exported["key"]!, StringComparison.Ordinal);
        Assert.True((long)exported["sizeBytes"]! > 0 && (int)exported["parts"]! > 0);
        Assert.Equal(0, (long)(await OkAsync(_api.PostAsync($"/v1/checkpoints/{made["id"]}/export", new JsonObject(), Cancelled)))["sentBytes"]!);

        var imported = await OkAsync(_api.PostAsync("/v1/checkpoints/import", new JsonObject { ["key"] = (string)exported["key"]!, ["name"] = "again" }, Cancelled), HttpStatusCode.Created);
        Assert.Equal(((string)made["id"]!, "again", Isolation), ((string)imported["origin"]!, (string)imported["name"]!, (string)imported["isolation"]!));
        var archive = await _api.Http.GetByteArrayAsync($"/v1/checkpoints/{made["id"]}/archive", Cancelled);
        Assert.InRange(archive.Length, (long)exported["sizeBytes"]!, (long)exported["sizeBytes"]! + 1000);
        using var content = new ByteArrayContent(archive);
        content.Headers.ContentType = new("application/vnd.atoll.checkpoint");
        using var uploaded = await _api.Http.PostAsync("/v1/checkpoints/import?comment=copy", content, Cancelled);
        Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);
        var copy = JsonNode.Parse(await uploaded.Content.ReadAsStringAsync(Cancelled))!;
        Assert.Equal(("good", "copy"), ((string)copy["name"]!, (string)copy["comment"]!));

        var forked = await OkAsync(_api.PostAsync($"/v1/checkpoints/{copy["id"]}/fork", new JsonObject(), Cancelled), HttpStatusCode.Created);
        var fork = (string)forked["results"]![0]!["sandbox"]!["id"]!;
        Assert.Equal("saved", Stdout(await _api.ExecAsync(fork, "cat /state", Cancelled)));
        await _api.ExecAsync(id, "echo broken > /state; touch /later", Cancelled, "root");
        await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = (string)imported["id"]! }, Cancelled));
        Assert.Equal("saved no", Stdout(await _api.ExecAsync(id, "echo $(cat /state) $(test -e /later || echo no)", Cancelled)));
        await _api.ExecAsync(id, "echo now > /now", Cancelled, "root");
        Assert.Equal(["/now"], PathsOf((await OkAsync(_api.GetAsync($"/v1/checkpoints/{imported["id"]}/diff?to={id}", Cancelled)))["added"]));
        foreach (var one in (JsonNode[])[imported, copy]) await OkAsync(_api.DeleteAsync($"/v1/checkpoints/{one["id"]}", Cancelled), HttpStatusCode.NoContent);
        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{fork}", Cancelled), HttpStatusCode.NoContent);
        await CleanAsync(id);
    }

    [Fact]
    public async Task Transfer_BadInput_IsRefused()
    {
        const string nowhere = "exports/c00000000000000000000/0000000000000000000000000000000000000000000000000000000000000000";
        (await _api.PostAsync("/v1/checkpoints/c00000000000000000000/export", new JsonObject(), Cancelled)).ShouldBe(HttpStatusCode.NotFound, "checkpoint_not_found");
        (await _api.GetAsync("/v1/checkpoints/c00000000000000000000/archive", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "checkpoint_not_found");
        (await _api.PostAsync("/v1/checkpoints/import", new JsonObject { ["key"] = nowhere }, Cancelled)).ShouldBe(HttpStatusCode.NotFound, "object_not_found");
        (await _api.PostAsync("/v1/checkpoints/import", new JsonObject { ["key"] = "../../etc/passwd" }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.PostAsync("/v1/checkpoints/import", new JsonObject { ["key"] = nowhere, ["limits"] = new JsonObject() }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.PostAsync("/v1/checkpoints/import", new JsonObject(), Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        using var content = new ByteArrayContent([.. "not an archive of anything at all"u8]);
        content.Headers.ContentType = new("application/vnd.atoll.checkpoint");
        using var refused = await _api.Http.PostAsync("/v1/checkpoints/import", content, Cancelled);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("export_invalid", await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        content.Headers.ContentType = new("application/zip");
        using var unknown = await _api.Http.PostAsync("/v1/checkpoints/import", content, Cancelled);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, unknown.StatusCode);
    }

    [Fact]
    public async Task Checkpoints_BadInput_IsRefusedAndTheSandboxGoesOn()
    {
        var id = await CreateAsync();
        var checkpoint = await CheckpointAsync(id, new() { ["name"] = "one" });
        (await _api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject { ["name"] = "one" }, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "name_taken");
        if (Isolation == "container") (await _api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject { ["kind"] = "full" }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "not_supported");
        (await _api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject { ["name"] = "No Name" }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = "nowhere" }, Cancelled)).ShouldBe(HttpStatusCode.NotFound, "checkpoint_not_found");
        foreach (var count in (int[])[0, 101, -1]) (await _api.PostAsync($"/v1/sandboxes/{id}/fork", new JsonObject { ["count"] = count }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.PostAsync($"/v1/checkpoints/{checkpoint["id"]}/fork", new JsonObject { ["kind"] = "full" }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, Isolation == "container" ? "not_supported" : "invalid_request");
        (await _api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject { ["kind"] = "soul" }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.GetAsync($"/v1/checkpoints/{checkpoint["id"]}/diff?to=c00000000000000000000", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "checkpoint_not_found");
        (await _api.GetAsync($"/v1/checkpoints/{checkpoint["id"]}/diff?limit=0", Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");

        var other = await _api.CreateAsync(new() { ["template"] = "minimal", ["isolation"] = Isolation == "container" ? "gvisor" : "container", ["memoryMiB"] = 192 }, Cancelled);
        (await _api.PostAsync($"/v1/sandboxes/{other}/restore", new JsonObject { ["checkpoint"] = (string)checkpoint["id"]! }, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "checkpoint_mismatch");
        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{other}", Cancelled), HttpStatusCode.NoContent);
        await OkAsync(_api.DeleteAsync($"/v1/checkpoints/{checkpoint["id"]}", Cancelled), HttpStatusCode.NoContent);
        (await _api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = (string)checkpoint["id"]! }, Cancelled)).ShouldBe(HttpStatusCode.NotFound, "checkpoint_not_found");
        Assert.Equal("works", Stdout(await _api.ExecAsync(id, "echo works", Cancelled)));
        await CleanAsync(id);
        (await _api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject(), Cancelled)).ShouldBe(HttpStatusCode.Gone, "sandbox_ended");
    }

    private async Task<JsonNode> CheckpointAsync(string sandbox, JsonObject body) => await OkAsync(_api.PostAsync($"/v1/sandboxes/{sandbox}/checkpoints", body, Cancelled), HttpStatusCode.Created);

    private async Task<IReadOnlyList<string>> CheckpointIdsAsync(string list) => [.. (await OkAsync(_api.GetAsync(list, Cancelled)))["items"]!.AsArray().Select(item => (string)item!["id"]!)];

    private static IEnumerable<string> PathsOf(JsonNode? entries) => entries!.AsArray().Select(entry => (string)entry!["path"]!);

    /// <summary>Ends a sandbox and deletes its checkpoints.</summary>
    private async Task CleanAsync(string sandbox)
    {
        foreach (var checkpoint in await CheckpointIdsAsync($"/v1/sandboxes/{sandbox}/checkpoints")) await OkAsync(_api.DeleteAsync($"/v1/checkpoints/{checkpoint}", Cancelled), HttpStatusCode.NoContent);
        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{sandbox}", Cancelled), HttpStatusCode.NoContent);
    }
}
