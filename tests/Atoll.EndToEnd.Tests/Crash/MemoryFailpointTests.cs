using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>
/// As <see cref="CheckpointFailpointTests"/>, for checkpoints with memory: the server dies right after each step, and the next one finds the sandbox running (not standing still), what is listed with
/// its disk and memory, and nothing else.
/// </summary>
[Collection("failpoints of checkpoints")]
public sealed class MemoryFailpointTests : FailpointTest
{
    private const string Counter = "i=0; while :; do i=$((i+1)); echo $i > /tmp/next; mv /tmp/next /tmp/count; sleep 0.1; done";

    [Fact]
    public async Task FullCheckpoint_KilledAtEachStep_IsThereOrNotAndTheSandboxGoesOn()
    {
        await StartAsync();
        var id = await CountingAsync();
        foreach (var step in (string[])["checkpoint.noted", "memory.held", "memory.saved", "memory.released", "memory.written", "checkpoint.saved", "checkpoint.done"])
        {
            var before = (await CheckpointsAsync()).Count;
            await DieAtAsync(step, () => Api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject { ["kind"] = "full" }, Cancellation));
            var found = await CheckAsync(id);
            Assert.Equal(before + (step == "checkpoint.done" ? 1 : 0), found.Count);
            await CountsOnAsync(id);
        }

        // The one that was made, and one made now, can be gone back to.
        var made = (string)(await CheckpointsAsync())[0]["id"]!;
        foreach (var checkpoint in (string[])[made, await FullAsync(id)])
        {
            Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = checkpoint }, Cancellation)).Status);
            await CountsOnAsync(id);
        }

        foreach (var checkpoint in await CheckpointsAsync()) Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/checkpoints/{checkpoint["id"]}", Cancellation)).Status);
        await CheckAsync(id);
    }

    [Fact]
    public async Task FullRestore_KilledAtEachStep_IsCompleted()
    {
        await StartAsync();
        var id = await CountingAsync();
        var checkpoint = await FullAsync(id);
        var saved = await CountAsync(id);
        foreach (var step in (string[])["noted", "staged", "stopped", "exchanged", "replaced", "started", "done"])
        {
            await ShellAsync(id, "echo later > /tmp/later");
            await DieAtAsync("restore." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = checkpoint }, Cancellation));
            await CheckAsync(id);
            Assert.Equal(("running", checkpoint), ((string)(await GetAsync(id))["state"]!, (string)(await GetAsync(id))["checkpoint"]!));
            Assert.Equal("no\n", await ShellAsync(id, "test -e /tmp/later || echo no"));
            await CountsOnAsync(id);
            Assert.True(await CountAsync(id) >= saved - 100);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await AssertNothingLeftAsync(id);
    }

    [Fact]
    public async Task FullFork_KilledAtEachStep_LeavesNoSandboxNobodyWasToldOf()
    {
        await StartAsync();
        var id = await CountingAsync();
        var checkpoint = await FullAsync(id);
        foreach (var step in (string[])["noted", "one", "all", "done"])
        {
            await DieAtAsync("fork." + step, () => Api.PostAsync($"/v1/checkpoints/{checkpoint}/fork", new JsonObject { ["count"] = 2 }, Cancellation));
            var running = await RunningAsync();
            Assert.Equal(step == "done" ? 3 : 1, running.Count);
            await CheckAsync([.. running]);
            foreach (var fork in running.Where(one => one != id))
            {
                await CountsOnAsync(fork);
                Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{fork}", Cancellation)).Status);
            }
        }
    }

    [Fact]
    public async Task FullDelete_KilledAtEachStep_IsCompletedAndADiskThatAnotherStandsOnStays()
    {
        await StartAsync();
        var id = await CreateAsync(GVisor);
        foreach (var step in (string[])["noted", "freed", "done"])
        {
            await ShellAsync(id, $"echo {step} > /tmp/state");
            var full = await FullAsync(id);
            Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = full }, Cancellation)).Status);
            var same = await Api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject(), Cancellation);
            Assert.Equal(HttpStatusCode.Created, same.Status);
            await DieAtAsync("checkpoint.delete." + step, () => Api.DeleteAsync($"/v1/checkpoints/{full}", Cancellation));
            Assert.Empty(Memories());
            Assert.DoesNotContain(await CheckpointsAsync(), checkpoint => (string?)checkpoint["id"] == full);
            Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = (string)same.Json!["id"]! }, Cancellation)).Status);
            Assert.Equal(step + "\n", await ShellAsync(id, "cat /tmp/state"));
        }
    }

    [Fact]
    public async Task TornImage_RestoredOrForked_IsRefusedAndNothingIsTouched()
    {
        await StartAsync();
        var id = await CountingAsync();
        var checkpoint = await FullAsync(id);
        var container = await CreateAsync(Container);
        Assert.Equal("checkpoint_mismatch", (string?)(await Api.PostAsync($"/v1/sandboxes/{container}/restore", new JsonObject { ["checkpoint"] = checkpoint }, Cancellation)).Json!["code"]);
        Assert.Equal("not_supported", (string?)(await Api.PostAsync($"/v1/sandboxes/{container}/checkpoints", new JsonObject { ["kind"] = "full" }, Cancellation)).Json!["code"]);
        await Eventually.HoldsAsync("its image has been read through", () => !File.ReadAllText(Path.Combine(Pool, "memory", checkpoint, "manifest")).Contains("\"\"", StringComparison.Ordinal), Cancellation);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Pool, "memory", checkpoint), "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "agent").ToList())
        {
            var whole = await File.ReadAllBytesAsync(path, Cancellation);
            foreach (var torn in (byte[][])[whole[..(whole.Length / 2)], whole[..^1], [], [.. whole[..^2], (byte)(whole[^2] ^ 1), whole[^1]]])
            {
                await File.WriteAllBytesAsync(path, torn, Cancellation);
                foreach (var (operation, body) in new[] { ($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = checkpoint }), ($"/v1/checkpoints/{checkpoint}/fork", []) })
                {
                    Assert.Equal("checkpoint_damaged", (string?)(await Api.PostAsync(operation, body, Cancellation)).Json!["code"]);
                }
            }

            await CountsOnAsync(id);
            await File.WriteAllBytesAsync(path, whole, Cancellation);
        }

        await CheckAsync(id, container);
        Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = checkpoint }, Cancellation)).Status);
        await CountsOnAsync(id);
    }

    /// <summary>These sandboxes run and nothing else is on the host; each full checkpoint has its memory, and nothing else does.</summary>
    private async Task<IReadOnlyList<JsonNode>> CheckAsync(params string[] sandboxes)
    {
        foreach (var sandbox in sandboxes) Assert.Equal("works\n", await ShellAsync(sandbox, "echo works"));
        Assert.Equal(sandboxes.Order(StringComparer.Ordinal), (await RunningAsync()).Order(StringComparer.Ordinal));
        await Eventually.HoldsAsync("nothing else is on the host", () => Holdings.Besides(Server, sandboxes).Count == 0, Cancellation);
        var checkpoints = await CheckpointsAsync();
        Assert.Equal(checkpoints.Where(one => (string?)one["kind"] == "full").Select(one => (string)one["id"]!).Order(StringComparer.Ordinal), Memories());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Pool, "staged")));
        return checkpoints;
    }

    private IEnumerable<string> Memories() =>
        Directory.EnumerateDirectories(Path.Combine(Pool, "memory")).Select(path => Path.GetFileName(path)).Where(name => name != ".agents").Order(StringComparer.Ordinal);

    private async Task<string> CountingAsync()
    {
        var id = await CreateAsync(GVisor, "web");
        await StartProcessAsync(id, Counter, "counter");
        await Eventually.HoldsAsync("it counts", async () => (await Api.ExecAsync(id, "cat /tmp/count", Cancellation))["exitCode"]!.GetValue<int>() == 0, Cancellation);
        return id;
    }

    private async Task<int> CountAsync(string id) => int.Parse(await ShellAsync(id, "cat /tmp/count"), System.Globalization.CultureInfo.InvariantCulture);

    private async Task CountsOnAsync(string id)
    {
        var now = await CountAsync(id);
        await Eventually.HoldsAsync("it counts on", async () => await CountAsync(id) > now, Cancellation);
    }

    private async Task<string> FullAsync(string sandbox)
    {
        var answer = await Api.PostAsync($"/v1/sandboxes/{sandbox}/checkpoints", new JsonObject { ["kind"] = "full" }, Cancellation);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return (string)answer.Json!["id"]!;
    }

    private async Task<IReadOnlyList<JsonNode>> CheckpointsAsync() => [.. (await Api.GetAsync("/v1/checkpoints?limit=1000", Cancellation)).Json!["items"]!.AsArray().Select(item => item!)];

    private async Task<IReadOnlyList<string>> RunningAsync() =>
        [.. (await Api.GetAsync("/v1/sandboxes?state=running&limit=100", Cancellation)).Json!["items"]!.AsArray().Select(item => (string)item!["id"]!)];
}
