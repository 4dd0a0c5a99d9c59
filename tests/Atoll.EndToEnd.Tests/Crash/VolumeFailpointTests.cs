using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>
/// The server dies, as by kill -9, right after each step of each operation on volumes; the next one completes or undoes it: what is listed is on the disk and the other way round, with the size that is
/// told. A sandbox that has one mounted lives through all of it, and writes.
/// </summary>
[Collection("failpoints of sleep")]
public sealed class VolumeFailpointTests : FailpointTest
{
    private string Volumes => Path.Combine(Pool, "volumes");

    [Fact]
    public async Task Volumes_KilledAtEachStep_AreThereOrNot()
    {
        await StartAsync();
        await MakeAsync("/v1/volumes", new() { ["name"] = "data", ["sizeMiB"] = 32 });
        var created = await Api.PostAsync("/v1/sandboxes", new JsonObject { ["template"] = "minimal", ["isolation"] = Container, ["volumes"] = new JsonArray(new JsonObject { ["volume"] = "data", ["path"] = "/data" }) }, Cancellation);
        Assert.True(created.Status == HttpStatusCode.Created, created.Text);
        var id = (string)created.Json!["id"]!;
        await ShellAsync(id, "echo kept > /data/kept");

        // Create, snapshot and clone have the same steps.
        foreach (var (step, route, name) in ((string, string, string)[])[("noted", "/v1/volumes", "new"), ("made", "/v1/volumes/data/snapshot", "snap"), ("done", "/v1/volumes/data/clone", "copy")])
        {
            await DieAtAsync("volume." + step, () => Api.PostAsync(route, new JsonObject { ["name"] = name }, Cancellation));
            Assert.Equal(step == "done", (await CheckAsync(id)).Contains(name));
        }

        foreach (var step in (string[])["noted", "limited", "done"])
        {
            await DieAtAsync("volume.resize." + step, () => Api.SendAsync(HttpMethod.Patch, "/v1/volumes/copy", """{"sizeMiB":64,"name":"wide"}""", Cancellation));
            Assert.Equal(step == "done", (await CheckAsync(id)).Contains("wide"));
        }

        foreach (var step in (string[])["noted", "freed", "done"])
        {
            var name = "gone-" + step;
            await MakeAsync("/v1/volumes/data/clone", new() { ["name"] = name });
            await DieAtAsync("volume.delete." + step, () => Api.DeleteAsync($"/v1/volumes/{name}", Cancellation));
            Assert.DoesNotContain(name, await CheckAsync(id));
        }

        (await Api.DeleteAsync("/v1/volumes/data", Cancellation)).ShouldBe(HttpStatusCode.Conflict, "volume_in_use");
        Assert.Equal("kept\n", (await Api.GetAsync("/v1/volumes/wide/files?path=/kept", Cancellation)).Text);
        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        foreach (var name in (string[])["data", "wide"]) Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/volumes/{name}", Cancellation)).Status);
        Assert.Equal([".empty"], Directory.EnumerateFileSystemEntries(Volumes).Select(path => Path.GetFileName(path)));
    }

    /// <summary>Those on the disk are those that are listed, and the sandbox goes on.</summary>
    /// <returns>Their names.</returns>
    private async Task<IReadOnlyList<string>> CheckAsync(string sandbox)
    {
        Assert.Equal("kept\nworks\n", await ShellAsync(sandbox, "cat /data/kept; echo works > /data/works; cat /data/works"));
        var listed = (await Api.GetAsync("/v1/volumes?limit=1000", Cancellation)).Json!["items"]!.AsArray();
        Assert.Equal(
            listed.Select(volume => (string)volume!["id"]!).Append(".empty").Order(StringComparer.Ordinal),
            Directory.EnumerateFileSystemEntries(Volumes).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        return [.. listed.Select(volume => (string)volume!["name"]!)];
    }

    private async Task MakeAsync(string route, JsonObject body)
    {
        var made = await Api.PostAsync(route, body, Cancellation);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
    }
}
