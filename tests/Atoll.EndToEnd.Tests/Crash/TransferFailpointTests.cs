using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>The server dies, as by kill -9, right after each step of an export and of an import: an export is there or goes on with what was stored, an import is there or has left nothing.</summary>
[Collection("failpoints of sleep")]
public sealed class TransferFailpointTests : FailpointTest
{
    [Fact]
    public async Task Export_KilledAtEachStep_GoesOnWithTheNext()
    {
        await StartAsync();
        var id = await CreateAsync(Container, "web");
        await ShellAsync(id, "echo kept > /tmp/kept; head -c 3000000 /dev/urandom > /tmp/data");
        var checkpoint = (string)(await PostAsync($"/v1/sandboxes/{id}/checkpoints"))["id"]!;
        foreach (var step in (string[])["noted", "part", "layer", "part", "layer", "manifest", "done"])
        {
            await DieAtAsync("export." + step, () => Api.PostAsync($"/v1/checkpoints/{checkpoint}/export", new JsonObject(), Cancellation));
            Assert.Empty(FilesOf("halves"));
            Assert.Equal(step is "manifest" or "done" ? 1 : 0, FilesOf("data").Count(path => path.Contains("/exports/", StringComparison.Ordinal)));
            Assert.Equal("kept\n", await ShellAsync(id, "cat /tmp/kept"));
        }

        var exported = await PostAsync($"/v1/checkpoints/{checkpoint}/export", HttpStatusCode.OK);
        Assert.Equal(0, (long)exported["sentBytes"]!);
        var imported = await PostAsync("/v1/checkpoints/import", HttpStatusCode.Created, new() { ["key"] = (string)exported["key"]! });
        var forked = await PostAsync($"/v1/checkpoints/{imported["id"]}/fork");
        Assert.Equal("kept\n", await ShellAsync((string)forked["results"]![0]!["sandbox"]!["id"]!, "cat /tmp/kept"));
    }

    [Fact]
    public async Task DeleteExport_KilledAtEachStep_IsCompleted()
    {
        await StartAsync();
        var id = await CreateAsync(Container, "web");
        await ShellAsync(id, "echo kept > /tmp/kept");
        var checkpoint = (string)(await PostAsync($"/v1/sandboxes/{id}/checkpoints"))["id"]!;
        foreach (var step in (string[])["noted", "manifest", "unmarked", "done"])
        {
            var key = (string)(await PostAsync($"/v1/checkpoints/{checkpoint}/export", HttpStatusCode.OK))["key"]!;
            await DieAtAsync("export.delete." + step, () => Api.DeleteAsync($"/v1/{key}", Cancellation));
            Assert.Empty(FilesOf("data"));
            Assert.Empty((await Api.GetAsync("/v1/exports", Cancellation)).Json!["items"]!.AsArray());
        }
    }

    [Fact]
    public async Task Import_KilledAtEachStep_IsThereOrHasLeftNothing()
    {
        await StartAsync();
        var id = await CreateAsync(Container, "web");
        await ShellAsync(id, "echo kept > /tmp/kept");
        var checkpoint = (string)(await PostAsync($"/v1/sandboxes/{id}/checkpoints"))["id"]!;
        var key = (string)(await PostAsync($"/v1/checkpoints/{checkpoint}/export", HttpStatusCode.OK))["key"]!;
        foreach (var step in (string[])["noted", "received", "kept", "done"])
        {
            var before = (await CheckpointsAsync()).Count;
            await DieAtAsync("import." + step, () => Api.PostAsync("/v1/checkpoints/import", new JsonObject { ["key"] = key }, Cancellation));
            var after = await CheckpointsAsync();
            Assert.Equal(before + (step == "done" ? 1 : 0), after.Count);
            Assert.Equal(after.Order(StringComparer.Ordinal), Directory.EnumerateDirectories(Path.Combine(Pool, "checkpoints")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Pool, "receiving")));
            Assert.Equal("kept\n", await ShellAsync(id, "cat /tmp/kept"));
        }
    }

    /// <summary>The steps that only memory has.</summary>
    [Fact]
    public async Task MemoryTransfer_KilledAtEachStep_IsThereOrHasLeftNothing()
    {
        await StartAsync();
        var id = await CreateAsync(GVisor, "web", memoryMiB: 128);
        var checkpoint = (string)(await PostAsync($"/v1/sandboxes/{id}/checkpoints", body: new() { ["kind"] = "full" }))["id"]!;
        await DieAtAsync("export.memory", () => Api.PostAsync($"/v1/checkpoints/{checkpoint}/export", new JsonObject(), Cancellation));
        var exported = await PostAsync($"/v1/checkpoints/{checkpoint}/export", HttpStatusCode.OK);
        Assert.InRange((long)exported["sentBytes"]!, 1, 100_000);
        foreach (var step in (string[])["kept", "memory", "done"])
        {
            var before = (await CheckpointsAsync()).Count;
            await DieAtAsync("import." + step, () => Api.PostAsync("/v1/checkpoints/import", new JsonObject { ["key"] = (string)exported["key"]! }, Cancellation));
            var after = await CheckpointsAsync();
            Assert.Equal(before + (step == "done" ? 1 : 0), after.Count);
            foreach (var folder in (string[])["checkpoints", "memory"])
                Assert.Equal(after.Order(StringComparer.Ordinal), Directory.EnumerateDirectories(Path.Combine(Pool, folder)).Select(path => Path.GetFileName(path)).Where(name => name != ".agents").Order(StringComparer.Ordinal));
        }

        var imported = (await CheckpointsAsync()).Single(one => one != checkpoint);
        var forked = await PostAsync($"/v1/checkpoints/{imported}/fork", body: new() { ["memoryMiB"] = 128 });
        Assert.Equal("works\n", await ShellAsync((string)forked["results"]![0]!["sandbox"]!["id"]!, "echo works"));
    }

    private IEnumerable<string> FilesOf(string folder)
    {
        var path = Path.Combine(Server.StateDirectory, "objects", folder);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [];
    }

    private async Task<JsonNode> PostAsync(string path, HttpStatusCode expected = HttpStatusCode.Created, JsonObject? body = null)
    {
        var answer = await Api.PostAsync(path, body ?? [], Cancellation);
        Assert.True(answer.Status == expected, answer.Text);
        return answer.Json!;
    }

    private async Task<IReadOnlyList<string>> CheckpointsAsync() => [.. (await Api.GetAsync("/v1/checkpoints?limit=1000", Cancellation)).Json!["items"]!.AsArray().Select(item => (string)item!["id"]!)];
}
