using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("createVolume", "getVolume", "listVolumes", "updateVolume", "deleteVolume", "snapshotVolume", "cloneVolume")]
    public async Task Volume_MountedInTwo_IsSharedLimitedAndOutlivesThem()
    {
        var name = Name("data");
        var volume = await VolumeAsync("/v1/volumes", new() { ["name"] = name, ["sizeMiB"] = 32 });
        Assert.Equal((name, 32, false), ((string)volume["name"]!, (int)volume["sizeMiB"]!, (bool)volume["readOnly"]!));
        var (first, second) = (await MountingAsync(name, "/srv/data"), await MountingAsync((string)volume["id"]!, "/data"));
        Assert.Equal("/srv/data", (string)(await OkAsync(_api.GetAsync($"/v1/sandboxes/{first}", Cancelled)))["volumes"]![0]!["path"]!);

        // A write in one is seen in the other at once, whoever it is from, and belongs to the same there.
        await _api.ExecAsync(first, "echo one > /srv/data/f; chmod 666 /srv/data/f", Cancelled);
        Assert.Equal("one 1000", Stdout(await _api.ExecAsync(second, "echo $(cat /data/f) $(stat -c %u /data/f); echo two >> /data/f; mkdir /data/d; mv /data/f /data/d/g", Cancelled, "root")));
        Assert.Equal("one two", Stdout(await _api.ExecAsync(first, "echo $(cat /srv/data/d/g); echo three > /srv/data/d/g; rm -f /srv/data/f", Cancelled)));
        Assert.Equal("three", Stdout(await _api.ExecAsync(second, "cat /data/d/g", Cancelled)));

        // No set-id programs, no more than its size.
        await _api.ExecAsync(first, "cp /bin/busybox /srv/data/id; chmod 4755 /srv/data/id", Cancelled, "root");
        Assert.Equal("1000", Stdout(await _api.ExecAsync(second, "/data/id -u", Cancelled)));
        var full = await _api.ExecAsync(second, "dd if=/dev/urandom of=/data/big bs=1M count=64", Cancelled);
        Assert.True((int)full["exitCode"]! != 0 && ((string)full["stderr"]!).Contains("uota exceeded", StringComparison.Ordinal), full.ToJsonString());
        Assert.Equal(64, (int)(await OkAsync(_api.SendAsync(HttpMethod.Patch, $"/v1/volumes/{name}", """{"sizeMiB":64}""", Cancelled)))["sizeMiB"]!);
        Assert.Equal(0, (int)(await _api.ExecAsync(first, "rm /srv/data/big; dd if=/dev/urandom of=/srv/data/big bs=1M count=40; rm /srv/data/big", Cancelled))["exitCode"]!);

        var snapshot = await VolumeAsync($"/v1/volumes/{name}/snapshot", new() { ["name"] = name + "-s" });
        await _api.ExecAsync(first, "echo later > /srv/data/d/g", Cancelled);
        var clone = await VolumeAsync($"/v1/volumes/{snapshot["id"]}/clone", new() { ["sizeMiB"] = 16 });
        Assert.Equal((true, (string)volume["id"]!, 16, false), ((bool)snapshot["readOnly"]!, (string)snapshot["source"]!, (int)clone["sizeMiB"]!, (bool)clone["readOnly"]!));
        var third = await CreateAsync(new() { ["volumes"] = new JsonArray(Mount((string)snapshot["id"]!, "/s", readOnly: true), Mount((string)clone["id"]!, "/c"), Mount(name, "/d", readOnly: true)) });
        Assert.Equal("three three later no no", Stdout(await _api.ExecAsync(third, "echo $(cat /s/d/g) $(cat /c/d/g) $(cat /d/d/g) $(touch /s/x || echo no) $(touch /d/x || echo no); echo own > /c/d/g", Cancelled, "root")));

        (await _api.DeleteAsync($"/v1/volumes/{name}", Cancelled)).ShouldBe(HttpStatusCode.Conflict, "volume_in_use");
        Assert.Contains(second, (await OkAsync(_api.GetAsync($"/v1/volumes/{name}", Cancelled)))["sandboxes"]!.AsArray().Select(one => (string)one!));
        foreach (var id in (string[])[first, second, third]) await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled), HttpStatusCode.NoContent);
        Assert.Contains((string)clone["id"]!, (await OkAsync(_api.GetAsync("/v1/volumes?limit=1000", Cancelled)))["items"]!.AsArray().Select(one => (string)one!["id"]!));
        foreach (var id in (string[])[name, (string)snapshot["id"]!, (string)clone["id"]!]) await OkAsync(_api.DeleteAsync($"/v1/volumes/{id}", Cancelled), HttpStatusCode.NoContent);
        (await _api.GetAsync($"/v1/volumes/{name}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "volume_not_found");
    }

    [Fact, Operation("readVolumeFile", "writeVolumeFile", "statVolumeFile", "listVolumeFiles", "makeVolumeDirectory", "removeVolumeFile")]
    public async Task VolumeFiles_OfAnUnmountedVolume_AreWorkedWithAndNeverLeaveIt()
    {
        var name = Name("files");
        await VolumeAsync("/v1/volumes", new() { ["name"] = name, ["sizeMiB"] = 16 });
        var files = $"/v1/volumes/{name}/files";
        var id = await MountingAsync(name, "/v");
        (await _api.GetAsync($"{files}?path=/x", Cancelled)).ShouldBe(HttpStatusCode.Conflict, "volume_in_use");
        await _api.ExecAsync(id, "ln -s /etc /v/abs; ln -s ../../../../etc/passwd /v/out; ln -s loop /v/loop; mkfifo /v/fifo; mkdir -p /v/etc2/deep; echo inside > /v/etc2/f; ln -s etc2 /v/dir", Cancelled);
        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled), HttpStatusCode.NoContent);

        // Links end within the volume: there is no /etc in it.
        foreach (var path in (string[])["/abs/passwd", "/out", "/etc/hostname", "/../../etc/passwd"]) (await _api.GetAsync($"{files}?path={path}", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "file_not_found");
        (await _api.SendAsync(HttpMethod.Put, $"{files}?path=/abs/new&parents=false", "x", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "file_not_found");
        (await _api.GetAsync($"{files}?path=/loop", Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");

        // A FIFO that gVisor makes is its own, and is not on the disk.
        var container = Isolation == "container";
        (await _api.GetAsync($"{files}?path=/fifo", Cancelled)).ShouldBe(container ? HttpStatusCode.Conflict : HttpStatusCode.NotFound, container ? "not_a_regular_file" : "file_not_found");
        Assert.Equal("inside\n", (await _api.GetAsync($"{files}?path=dir/../etc2/f", Cancelled)).Text);

        await OkAsync(_api.SendAsync(HttpMethod.Put, $"{files}?path=/dir/new/file&mode=640&owner=7:8", "content", Cancelled));
        var entry = await OkAsync(_api.GetAsync($"{files}/stat?path=/etc2/new/file", Cancelled));
        Assert.Equal(("/etc2/new/file", "file", 7, "0640", 7, 8), ((string)entry["path"]!, (string)entry["kind"]!, (int)entry["sizeBytes"]!, (string)entry["mode"]!, (int)entry["uid"]!, (int)entry["gid"]!));
        Assert.Equal("content", (await _api.GetAsync($"{files}?path=/etc2/new/file", Cancelled)).Text);
        Assert.Equal("../../../../etc/passwd", (string)(await OkAsync(_api.GetAsync($"{files}/stat?path=/out&follow=false", Cancelled)))["symlinkTarget"]!);
        Assert.Equal(HttpStatusCode.OK, (await _api.PostAsync($"{files}/mkdir", new JsonObject { ["path"] = "/made/deep", ["mode"] = "700" }, Cancelled)).Status);
        var listed = await OkAsync(_api.GetAsync($"{files}/list?path=/&depth=3", Cancelled));
        Assert.Equal(
            ["/abs", "/dir", "/etc2", "/etc2/deep", "/etc2/f", "/etc2/new", "/etc2/new/file", .. container ? ["/fifo"] : Array.Empty<string>(), "/loop", "/made", "/made/deep", "/out"],
            listed["items"]!.AsArray().Select(one => (string)one!["path"]!).Order(StringComparer.Ordinal));
        await OkAsync(_api.SendAsync(HttpMethod.Put, $"{files}?path=/big", new string('x', 1 << 20), Cancelled));
        (await _api.DeleteAsync($"{files}?path=/etc2", Cancelled)).ShouldBe(HttpStatusCode.Conflict, "directory_not_empty");
        await OkAsync(_api.DeleteAsync($"{files}?path=/etc2&recursive=true", Cancelled), HttpStatusCode.NoContent);
        await OkAsync(_api.DeleteAsync($"{files}?path=/abs", Cancelled), HttpStatusCode.NoContent);
        (await _api.DeleteAsync($"{files}?path=/", Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_path");

        var snapshot = await VolumeAsync($"/v1/volumes/{name}/snapshot", []);
        Assert.Equal(1 << 20, (await _api.GetAsync($"/v1/volumes/{snapshot["id"]}/files?path=big", Cancelled)).Text.Length);
        (await _api.SendAsync(HttpMethod.Put, $"/v1/volumes/{snapshot["id"]}/files?path=/x", "x", Cancelled)).ShouldBe(HttpStatusCode.Conflict, "volume_read_only");
        foreach (var one in (string[])[name, (string)snapshot["id"]!]) await OkAsync(_api.DeleteAsync($"/v1/volumes/{one}", Cancelled), HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task VolumeUpload_VolumeMountedOrDeletedMeanwhile_EndsSayingSoAndLeavesNothing()
    {
        var volume = (string)(await VolumeAsync("/v1/volumes", new() { ["sizeMiB"] = 64 }))["id"]!;
        var files = $"/v1/volumes/{volume}/files";
        await OkAsync(_api.SendAsync(HttpMethod.Put, $"{files}?path=/old", "old", Cancelled));
        string id;
        using (var upload = await HalfUpload.BeginAsync(server.Server, $"{files}?path=/new/folder/file", Cancelled))
        {
            id = await MountingAsync(volume, "/v");
            var answer = await upload.AnswerAsync(Cancelled);
            Assert.StartsWith("HTTP/1.1 409", answer, StringComparison.Ordinal);
            Assert.Matches($"\"volume_in_use\".*mounted in {id}|mounted in {id}.*\"volume_in_use\"", answer);
        }

        Assert.Equal("old", Stdout(await _api.ExecAsync(id, "ls -A /v; find /v -mindepth 2", Cancelled)));
        await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled), HttpStatusCode.NoContent);
        await OkAsync(_api.SendAsync(HttpMethod.Put, $"{files}?path=/new/folder/file", "new", Cancelled));
        using (var upload = await HalfUpload.BeginAsync(server.Server, $"{files}?path=/old", Cancelled))
        {
            await OkAsync(_api.DeleteAsync($"/v1/volumes/{volume}", Cancelled), HttpStatusCode.NoContent);
            Assert.False(Directory.Exists(Path.Combine(server.Server.StateDirectory, "pool", "volumes", volume)));
            var answer = await upload.AnswerAsync(Cancelled);
            Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
            Assert.Contains("volume_not_found", answer, StringComparison.Ordinal);
            Assert.Contains("was deleted while", answer, StringComparison.Ordinal);
        }

        var open = Directory.EnumerateFiles($"/proc/{server.Server.ProcessId}/fd").Select(fd => new FileInfo(fd).LinkTarget);
        Assert.DoesNotContain(open, target => target?.Contains(volume, StringComparison.Ordinal) is true);
    }

    [Fact]
    public async Task Volume_InASandboxThatSleepsIsForkedAndRestored_IsAlwaysTheSameOne()
    {
        var name = Name("lasts");
        await VolumeAsync("/v1/volumes", new() { ["name"] = name, ["sizeMiB"] = 16 });
        var (id, other) = (await MountingAsync(name, "/v"), await MountingAsync(name, "/v"));
        await _api.ExecAsync(id, "echo before > /v/state; echo before > /home/user/state", Cancelled);
        var checkpoint = await CheckpointAsync(id, new() { ["kind"] = Isolation == "gvisor" ? "full" : "disk" });
        await _api.ExecAsync(id, "echo after > /v/state; echo after > /home/user/state", Cancelled);

        // What is saved is the sandbox's disk, not the volume.
        var fork = (string)(await OkAsync(_api.PostAsync($"/v1/checkpoints/{checkpoint["id"]}/fork", new JsonObject(), Cancelled), HttpStatusCode.Created))["results"]![0]!["sandbox"]!["id"]!;
        var without = (string)(await OkAsync(_api.PostAsync($"/v1/checkpoints/{checkpoint["id"]}/fork", new JsonObject { ["kind"] = "disk", ["volumes"] = new JsonArray() }, Cancelled), HttpStatusCode.Created))["results"]![0]!["sandbox"]!["id"]!;
        await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = (string)checkpoint["id"]! }, Cancelled));
        foreach (var one in (string[])[fork, id]) Assert.Equal("before after", Stdout(await _api.ExecAsync(one, "echo $(cat /home/user/state) $(cat /v/state)", Cancelled)));
        Assert.Equal("before none", Stdout(await _api.ExecAsync(without, "echo $(cat /home/user/state) $(cat /v/state 2>/dev/null || echo none)", Cancelled)));
        if (Isolation == "gvisor")
            (await _api.PostAsync($"/v1/checkpoints/{checkpoint["id"]}/fork", new JsonObject { ["volumes"] = new JsonArray() }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");

        foreach (var (sleep, wake) in ((string, string)[])[("stop", "start"), (Isolation == "gvisor" ? "suspend" : "stop", "resume")])
        {
            await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/{sleep}", new JsonObject(), Cancelled));
            (await _api.DeleteAsync($"/v1/volumes/{name}", Cancelled)).ShouldBe(HttpStatusCode.Conflict, "volume_in_use");
            await _api.ExecAsync(other, $"echo {sleep} > /v/state", Cancelled, "root");
            await OkAsync(_api.PostAsync($"/v1/sandboxes/{id}/{wake}", new JsonObject(), Cancelled));
            Assert.Equal(sleep, Stdout(await _api.ExecAsync(id, "cat /v/state", Cancelled)));
        }

        foreach (var one in (string[])[other, fork, without]) await OkAsync(_api.DeleteAsync($"/v1/sandboxes/{one}", Cancelled), HttpStatusCode.NoContent);
        await CleanAsync(id);
        await OkAsync(_api.DeleteAsync($"/v1/volumes/{name}", Cancelled), HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Volumes_BadInput_IsRefusedByField()
    {
        var name = Name("bad");
        await VolumeAsync("/v1/volumes", new() { ["name"] = name, ["sizeMiB"] = 16 });
        (await _api.PostAsync("/v1/volumes", new JsonObject { ["name"] = name }, Cancelled)).ShouldBe(HttpStatusCode.Conflict, "name_taken");
        foreach (var body in (string[])["""{"name":"No"}""", """{"sizeMiB":0}""", """{"sizeMiB":-1}""", """{"sizeMiB":99999999999}""", """{"size":1}""", """{"name":"v0123456789abcdefghij"}"""])
            (await _api.SendAsync(HttpMethod.Post, "/v1/volumes", body, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.PostAsync($"/v1/volumes/{name}/snapshot", new JsonObject { ["sizeMiB"] = 1 }, Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        (await _api.GetAsync("/v1/volumes/nowhere", Cancelled)).ShouldBe(HttpStatusCode.NotFound, "volume_not_found");
        (await _api.GetAsync("/v1/volumes?cursor=x", Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");

        foreach (var path in (string[])["data", "/", "/etc", "/etc/hosts", "/proc/x", "/dev", "/a/../b", "/a//b", "/.atoll/x", "/" + new string('x', 300)])
        {
            var refused = await TryMountAsync(Mount(name, path));
            refused.ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
            Assert.NotNull(refused.Json!["errors"]!["volumes[0].path"]);
        }

        var nested = await TryMountAsync(Mount(name, "/a"), Mount(name, "/a/b"), Mount("nowhere", "/c"));
        Assert.Equal(["volumes[1].path", "volumes[2].volume"], ((JsonObject)nested.Json!["errors"]!).Select(error => error.Key).Order(StringComparer.Ordinal));
        (await TryMountAsync(Mount("nowhere", "/c"))).ShouldBe(HttpStatusCode.NotFound, "volume_not_found");
        (await TryMountAsync([.. Enumerable.Range(0, 17).Select(i => Mount(name, $"/m{i}"))])).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");

        // A link of the template's is no place to mount on.
        var id = await CreateAsync();
        await _api.ExecAsync(id, "ln -s / /link", Cancelled, "root");
        var checkpoint = await CheckpointAsync(id, []);
        var blocked = await _api.PostAsync("/v1/sandboxes", new JsonObject { ["checkpoint"] = (string)checkpoint["id"]!, ["volumes"] = new JsonArray(Mount(name, "/link/etc")) }, Cancelled);
        blocked.ShouldBe(HttpStatusCode.BadRequest, "invalid_path");
        await CleanAsync(id);
        await OkAsync(_api.DeleteAsync($"/v1/volumes/{name}", Cancelled), HttpStatusCode.NoContent);
    }

    private static JsonObject Mount(string volume, string path, bool readOnly = false) => new() { ["volume"] = volume, ["path"] = path, ["readOnly"] = readOnly };

    private Task<string> MountingAsync(string volume, string path) => CreateAsync(new() { ["volumes"] = new JsonArray(Mount(volume, path)) });

    private Task<Answer> TryMountAsync(params JsonNode[] mounts) =>
        _api.PostAsync("/v1/sandboxes", new JsonObject { ["template"] = "minimal", ["isolation"] = Isolation, ["volumes"] = new JsonArray(mounts) }, Cancelled);

    private async Task<JsonNode> VolumeAsync(string route, JsonObject body) => await OkAsync(_api.PostAsync(route, body, Cancelled), HttpStatusCode.Created);
}
