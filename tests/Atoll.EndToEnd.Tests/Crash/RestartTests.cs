using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

public sealed class RestartTests : CrashTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_WithRunningSandboxes_TheyGoOnAsTheyWere(bool kill)
    {
        await StartAsync();
        var before = new Dictionary<string, string>();
        foreach (var isolation in new[] { GVisor, Container })
        {
            var id = await CreateAsync(isolation, "kept-" + isolation, new JsonObject { ["timeoutSeconds"] = 600 });
            await ShellAsync(id, "echo kept > /tmp/file");
            await StartProcessAsync(id, "i=0; while true; do echo line $i; i=$((i+1)); sleep 0.1; done", "counter");
            await Eventually.HoldsAsync("the counter counts", async () => (await OutputAsync(id, "counter")).Contains("line 2"), Cancellation);
            before[id] = (await GetAsync(id)).ToJsonString();
        }

        await EndAsync(kill);
        foreach (var id in before.Keys) Assert.True(Directory.Exists($"/proc/{Holdings.Process(Server, id)}"), $"{id} died with the server");
        await StartAsync();

        var listed = (await Api.GetAsync("/v1/sandboxes?state=running", Cancellation)).Json!["items"]!.AsArray();
        Assert.Equal(before.Keys.Order(), listed.Select(item => (string)item!["id"]!).Order());
        foreach (var (id, fields) in before)
        {
            Assert.Equal(fields, (await GetAsync(id)).ToJsonString());
            Assert.Equal("kept\n", await ShellAsync(id, "cat /tmp/file"));
            var at = (await OutputAsync(id, "counter")).Split('\n').Length;
            await Eventually.HoldsAsync("the counter goes on", async () => (await OutputAsync(id, "counter")).Split('\n').Length > at + 2, Cancellation);
            Assert.StartsWith("line 0\nline 1\n", await OutputAsync(id, "counter"));
        }

        Assert.Empty(Holdings.Besides(Server, before.Keys));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_WithRunningSandboxes_TheirNetworkIsAsBefore(bool kill)
    {
        await StartAsync();
        foreach (var isolation in new[] { GVisor, Container })
        {
            var id = await CreateAsync(isolation, "net-" + isolation);
            await StartProcessAsync(id, "mkdir -p /tmp/www && echo served > /tmp/www/index.html && busybox httpd -f -p 8080 -h /tmp/www", "web");
        }

        await EndAsync(kill);
        await StartAsync();
        foreach (var isolation in new[] { GVisor, Container })
        {
            // Its own address still stands, and the wall too: the host's server cannot be reached.
            var own = await Api.ExecAsync("net-" + isolation, "wget -q -O - http://127.0.0.1:8080/ && ip -4 addr show dev eth0 | grep -c inet", Cancellation);
            Assert.Equal("served\n1\n", (string)own["stdout"]!);
            var port = new Uri(Server.Url).Port;
            var host = await Api.ExecAsync("net-" + isolation, $"wget -q -T 3 -O - http://$(ip route | awk '/default/ {{print $3}}'):{port}/healthz", Cancellation);
            Assert.NotEqual(0, (int)host["exitCode"]!);

            // Names are answered by the server's forwarder: refused or not, there is an answer from it again.
            var name = await Api.ExecAsync("net-" + isolation, "nslookup -type=a localhost.invalid 2>&1; true", Cancellation);
            Assert.DoesNotContain("no servers could be reached", (string)name["stdout"]!);
            Assert.DoesNotContain("timed out", (string)name["stdout"]!);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_AfterATimeoutPassed_TheSandboxIsEndedForTimeout(bool kill)
    {
        await StartAsync();
        var due = new[] { await CreateAsync(GVisor, "due-g", Timeout(3)), await CreateAsync(Container, "due-c", Timeout(3)) };
        var later = await CreateAsync(Container, "later", Timeout(900));
        await EndAsync(kill);
        await Task.Delay(TimeSpan.FromSeconds(3.5), TimeProvider.System, Cancellation);
        await StartAsync();
        foreach (var id in due)
        {
            AssertEnded(await EndedAsync(id), "deleted", "timeout");
            await AssertEndEventAsync(id, "sandbox.deleted", "timeout");
            await AssertNothingLeftAsync(id);
        }

        Assert.Equal("running", (string?)(await GetAsync(later))["state"]);
        await ShellAsync(later, "true");
    }

    private static JsonObject Timeout(int seconds) => new() { ["timeoutSeconds"] = seconds };
}
