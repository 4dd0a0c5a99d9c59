using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>
/// The server dies, as by kill -9, right after each step of each operation on checkpoints; the next one completes or undoes it. Nothing is lost, doubled or left: what was there is there and
/// usable, what is listed has its disk, every disk is listed, and the same operation then works.
/// </summary>
[Collection("failpoints of checkpoints")]
public sealed class CheckpointFailpointTests : FailpointTest
{
    [Theory]
    [InlineData(Container)]
    [InlineData(GVisor)]
    public async Task Checkpoint_KilledAtEachStep_IsThereOrNot(string isolation)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "web");
        await ShellAsync(id, "echo kept > /tmp/kept");
        foreach (var step in (string[])["noted", "frozen", "saved", "done"])
        {
            await ShellAsync(id, $"echo {step} > /tmp/step");
            var before = (await CheckpointsAsync()).Count;
            await DieAtAsync("checkpoint." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/checkpoints", new JsonObject { ["name"] = step }, Cancellation));

            var found = await CheckAsync(id);
            Assert.Equal(before + (step == "done" ? 1 : 0), found.Count);
            Assert.Equal("kept\n" + step, (await ShellAsync(id, "cat /tmp/kept /tmp/step")).Trim());
            var again = await CheckpointAsync(id);
            Assert.Equal(step == "done", (bool)again["unchanged"]!);
            await CheckAsync(id);
        }
    }

    [Theory]
    [InlineData(Container)]
    [InlineData(GVisor)]
    public async Task Restore_KilledAtEachStep_IsCompleted(string isolation)
    {
        await StartAsync();
        var id = await CreateAsync(isolation, "web");
        await ShellAsync(id, "echo saved > /tmp/state");
        var checkpoint = (string)(await CheckpointAsync(id))["id"]!;
        var address = await ShellAsync(id, "ip addr show eth0 | grep -o 'inet [0-9.]*'");
        foreach (var step in (string[])["noted", "staged", "stopped", "exchanged", "replaced", "started", "done"])
        {
            await ShellAsync(id, "echo later > /tmp/state; touch /tmp/later");
            await DieAtAsync("restore." + step, () => Api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = checkpoint }, Cancellation));

            await CheckAsync(id);
            var sandbox = await GetAsync(id);
            Assert.Equal(("running", "web", checkpoint), ((string)sandbox["state"]!, (string)sandbox["name"]!, (string)sandbox["checkpoint"]!));
            Assert.Equal("saved\nno", (await ShellAsync("web", "cat /tmp/state; test -e /tmp/later || echo no")).Trim());
            Assert.Equal(address, await ShellAsync(id, "ip addr show eth0 | grep -o 'inet [0-9.]*'"));
            Assert.Single(await EventsAsync(), happened => (string?)happened["type"] == "sandbox.restored" && (long)happened["sequence"]! > Seen);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation)).Status);
        await AssertNothingLeftAsync(id);
    }

    [Fact]
    public async Task Fork_KilledAtEachStep_LeavesNoSandboxNobodyWasToldOf()
    {
        await StartAsync();
        var id = await CreateAsync(Container, "web");
        await ShellAsync(id, "echo saved > /tmp/state");
        var checkpoint = (string)(await CheckpointAsync(id))["id"]!;
        foreach (var step in (string[])["noted", "one", "all", "done"])
        {
            await DieAtAsync("fork." + step, () => Api.PostAsync($"/v1/checkpoints/{checkpoint}/fork", new JsonObject { ["count"] = 3, ["name"] = "try" }, Cancellation));

            var running = await RunningAsync();
            Assert.Equal(step == "done" ? 4 : 1, running.Count);
            await CheckAsync([.. running]);
            foreach (var fork in running.Where(one => one != id)) Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{fork}", Cancellation)).Status);

            var again = await Api.PostAsync($"/v1/checkpoints/{checkpoint}/fork", new JsonObject { ["count"] = 2, ["name"] = "try" }, Cancellation);
            Assert.Equal(HttpStatusCode.Created, again.Status);
            foreach (var one in again.Json!["results"]!.AsArray())
            {
                var fork = (string)one!["sandbox"]!["id"]!;
                Assert.Equal("saved\n", await ShellAsync(fork, "cat /tmp/state"));
                Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{fork}", Cancellation)).Status);
            }

            await CheckAsync(id);
        }
    }

    [Fact]
    public async Task Delete_KilledAtEachStep_IsCompletedAndItsChildStaysRestorable()
    {
        await StartAsync();
        var id = await CreateAsync(Container);
        foreach (var step in (string[])["noted", "freed", "done"])
        {
            await ShellAsync(id, $"echo first-{step} > /tmp/state");
            var first = (string)(await CheckpointAsync(id))["id"]!;
            await ShellAsync(id, $"echo second-{step} > /tmp/state");
            var second = (string)(await CheckpointAsync(id))["id"]!;
            await DieAtAsync("checkpoint.delete." + step, () => Api.DeleteAsync($"/v1/checkpoints/{first}", Cancellation));

            var left = await CheckAsync(id);
            Assert.DoesNotContain(left, checkpoint => (string?)checkpoint["id"] == first);
            Assert.Equal(HttpStatusCode.NotFound, (await Api.DeleteAsync($"/v1/checkpoints/{first}", Cancellation)).Status);
            await ShellAsync(id, "echo other > /tmp/state");
            Assert.Equal(HttpStatusCode.OK, (await Api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = second }, Cancellation)).Status);
            Assert.Equal($"second-{step}\n", await ShellAsync(id, "cat /tmp/state"));
        }
    }

    /// <summary>These sandboxes run and nothing else is on the host; the saved disks are those of the checkpoints that are listed.</summary>
    private async Task<IReadOnlyList<JsonNode>> CheckAsync(params string[] sandboxes)
    {
        foreach (var sandbox in sandboxes) Assert.Equal("works\n", await ShellAsync(sandbox, "echo works"));
        Assert.Equal(sandboxes.Order(StringComparer.Ordinal), (await RunningAsync()).Order(StringComparer.Ordinal));
        await Eventually.HoldsAsync("nothing else is on the host", () => Holdings.Besides(Server, sandboxes).Count == 0, Cancellation);
        var checkpoints = await CheckpointsAsync();
        var disks = checkpoints.Where(checkpoint => !(bool)checkpoint["unchanged"]!).Select(checkpoint => (string)checkpoint["id"]!).Order(StringComparer.Ordinal);
        Assert.Equal(disks, Directory.EnumerateDirectories(Path.Combine(Pool, "checkpoints")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Pool, "staged")));
        return checkpoints;
    }

    private async Task<JsonNode> CheckpointAsync(string sandbox)
    {
        var answer = await Api.PostAsync($"/v1/sandboxes/{sandbox}/checkpoints", new JsonObject(), Cancellation);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer.Json!;
    }

    private async Task<IReadOnlyList<JsonNode>> CheckpointsAsync() => [.. (await Api.GetAsync("/v1/checkpoints?limit=1000", Cancellation)).Json!["items"]!.AsArray().Select(item => item!)];

    private async Task<IReadOnlyList<string>> RunningAsync() =>
        [.. (await Api.GetAsync("/v1/sandboxes?state=running&limit=100", Cancellation)).Json!["items"]!.AsArray().Select(item => (string)item!["id"]!)];
}
