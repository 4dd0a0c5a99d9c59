using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Routes;

public abstract partial class RouteSuite
{
    [Fact, Operation("listPorts")]
    public async Task Ports_Listening_AreFoundAlsoOnLoopback()
    {
        var everywhere = (int)(await StartAsync(new() { ["argv"] = new JsonArray("httpd", "-f", "-p", "8123", "-h", "/tmp") }))["pid"]!;
        var loopback = (int)(await StartAsync(new() { ["argv"] = new JsonArray("httpd", "-f", "-p", "127.0.0.1:8124", "-h", "/tmp") }))["pid"]!;
        var ports = new Dictionary<int, string>();
        await Eventually.HoldsAsync("both ports are seen", async () =>
        {
            ports = Items(await GetAsync("/ports")).GroupBy(port => (int)port["port"]!).ToDictionary(same => same.Key, same => (string)same.First()["address"]!);
            return ports.ContainsKey(8123) && ports.ContainsKey(8124);
        }, Cancelled);
        Assert.Equal("127.0.0.1", ports[8124]);
        foreach (var pid in new[] { everywhere, loopback }) await OkAsync(PostAsync($"/processes/{pid}/signal", new() { ["signal"] = "KILL" }), HttpStatusCode.NoContent);
        await Eventually.HoldsAsync("they are gone", async () => !Items(await GetAsync("/ports")).Any(port => (int)port["port"]! is 8123 or 8124), Cancelled);
    }

    [Fact, Operation("readLogs")]
    public async Task Logs_TellWhatWasStarted_AndGoOnWhileFollowed()
    {
        var first = await StartAsync(new() { ["argv"] = new JsonArray("true") });
        var lines = Items(await GetAsync("/logs")).ToList();
        Assert.Contains(lines, line => (int?)line["pid"] == (int)first["pid"]!);
        var last = (long)lines[^1]["sequence"]!;
        var second = await StartAsync(new() { ["argv"] = new JsonArray("true") });
        await foreach (var happened in _api.FollowAsync($"{Root}/logs?follow=true&after={last}", Cancelled))
        {
            Assert.Equal("log", happened.Name);
            Assert.True(long.Parse(happened.Id!) > last);
            if ((int?)happened.Data["pid"] == (int)second["pid"]!) break;
        }
    }

    [Fact, Operation("readMetrics")]
    public async Task Metrics_GrowWithWorkAndFiles()
    {
        var before = await UsageAsync(_ => true);
        await ShellAsync("dd if=/dev/urandom of=/tmp/grown bs=1M count=24 && sync; i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done");
        var after = await UsageAsync(sample => (double)sample["cpuSeconds"]! > (double)before["cpuSeconds"]! + 0.1 && (long)sample["diskBytes"]! > (long)before["diskBytes"]! + (20 << 20));
        Assert.True((long)after["memoryBytes"]! > 0 && (int)after["processes"]! > 0, after.ToJsonString());
        (await _api.GetAsync($"{Root}/metrics?start=yesterday", Cancelled)).ShouldBe(HttpStatusCode.BadRequest, "invalid_request");
        Assert.Empty(Items(await GetAsync("/metrics?end=2020-01-01T00:00:00Z")));
    }

    [Fact, Operation("listSandboxEvents", "listEvents")]
    public async Task Events_OfALife_ComeInOrderListedAndFollowed()
    {
        var id = await CreateAsync();
        string[] life = ["sandbox.created", "sandbox.running", "sandbox.deleted"];
        var followed = new List<ServerEvent>();
        await foreach (var happened in _api.FollowAsync($"/v1/sandboxes/{id}/events?follow=true", Cancelled))
        {
            followed.Add(happened);
            if (happened.Name == life[1]) await _api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
            if (happened.Name == life[2]) break;
        }

        Assert.Equal(life, followed.Select(happened => happened.Name));
        Assert.Equal("killed_by_user", followed[2].Text("reason"));
        Assert.Equal(life, Items(await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}/events", Cancelled))).Select(item => (string)item["type"]!));
        var page = await OkAsync(_api.GetAsync($"/v1/sandboxes/{id}/events?cursor={followed[0].Id}&limit=1", Cancelled));
        Assert.Equal(life[1], (string)Items(page).Single()["type"]!);
        var ofTeam = Items(await OkAsync(_api.GetAsync($"/v1/events?cursor={long.Parse(followed[0].Id!) - 1}&limit=1", Cancelled))).Single();
        Assert.Equal((id, life[0]), ((string)ofTeam["sandbox"]!, (string)ofTeam["type"]!));
    }

    /// <summary>The first sample from now on that is as wanted.</summary>
    private async Task<JsonNode> UsageAsync(Func<JsonNode, bool> wanted)
    {
        JsonNode? newest = null;
        await Eventually.HoldsAsync("usage is as wanted", async () => (newest = Items(await GetAsync("/metrics")).LastOrDefault()) is not null && wanted(newest), Cancelled, TimeSpan.FromSeconds(40));
        return newest!;
    }
}
