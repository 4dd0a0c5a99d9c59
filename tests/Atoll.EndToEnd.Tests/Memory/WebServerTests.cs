using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Demonstrations;

namespace Atoll.EndToEnd.Tests.Memory;

/// <summary>A web server that keeps what it knows in memory, saved, put back and forked while it runs.</summary>
public sealed class WebServerTests(StoryServer story) : IClassFixture<StoryServer>
{
    private const string Program = """
        import http.server
        seen = []
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path != "/": seen.append(self.path[1:])
                self.send_response(200)
                self.end_headers()
                self.wfile.write(",".join(seen).encode())
            def log_message(self, *unused): pass
        http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PythonWebServer_SavedRestoredAndForked_HasTheStateOfThatMoment()
    {
        MemorySandbox box = new(story.Api, await story.CreateAsync("gvisor", Cancelled));
        await box.PutAsync("/home/user/server.py", Program);
        var pid = await box.StartAsync("exec python3 /home/user/server.py", "web");
        await Atoll.Testing.Eventually.HoldsAsync("it listens", async () => (int)(await story.Api.ExecAsync(box.Id, "curl -fsS http://127.0.0.1:8080/", Cancelled))["exitCode"]! == 0, Cancelled);
        foreach (var word in (string[])["one", "two", "three"]) await GetAsync(box, word);

        var saved = await box.SavedAsync("three-words");
        Assert.Equal(("full", false), ((string)saved["kind"]!, (bool)saved["unchanged"]!));
        Assert.True((long)saved["sizeBytes"]! > 1_000_000, saved.ToJsonString());
        Assert.Equal("one,two,three", await GetAsync(box));
        Assert.Equal("one,two,three,four", await GetAsync(box, "four"));
        await box.ShellAsync("echo later > /home/user/later");

        // Memory, disk and the process itself are as they were.
        await box.RestoredAsync("three-words");
        Assert.Equal("one,two,three", await GetAsync(box));
        Assert.Equal("no", await box.ShellAsync("test -e /home/user/later || echo no"));
        var process = await box.ProcessAsync("web");
        Assert.Equal((pid, null), ((int)process["pid"]!, process["endedAt"]?.ToString()));

        // Each goes on by itself.
        var forks = await MemorySandbox.ForkedAsync(story.Api, $"/v1/checkpoints/{saved["id"]}/fork", new JsonObject { ["count"] = 3 });
        foreach (var fork in forks)
        {
            Assert.Equal("one,two,three", await GetAsync(fork));
            Assert.Equal("one,two,three," + fork.Id, await GetAsync(fork, fork.Id));
            Assert.Equal(fork.Id, await fork.ShellAsync("hostname"));
        }

        Assert.Equal("one,two,three", await GetAsync(box));
        Assert.Equal("one,two,three,five", await GetAsync(box, "five"));

        // Of the running one, as it is now; and of the checkpoint its disk alone, where nothing runs yet.
        var now = (await MemorySandbox.ForkedAsync(story.Api, $"/v1/sandboxes/{box.Id}/fork", new JsonObject { ["kind"] = "full" }))[0];
        Assert.Equal("one,two,three,five", await GetAsync(now));
        var disk = (await MemorySandbox.ForkedAsync(story.Api, $"/v1/checkpoints/{saved["id"]}/fork", new JsonObject { ["kind"] = "disk" }))[0];
        Assert.Equal("none", await disk.ShellAsync("curl -fsS http://127.0.0.1:8080/ 2> /dev/null || echo none"));
        var made = await story.Api.PostAsync("/v1/sandboxes", new JsonObject { ["checkpoint"] = (string)saved["id"]! }, Cancelled);
        MemorySandbox created = new(story.Api, (string)made.Json!["id"]!);
        Assert.Equal("one,two,three", await GetAsync(created));
        foreach (var one in forks.Append(now).Append(disk).Append(created).Append(box)) await one.DeleteAsync();
    }

    [Fact]
    public async Task TenForks_OfOneImage_ShareNoIdentityAndNoRandomNumbers()
    {
        MemorySandbox box = new(story.Api, await story.CreateAsync("gvisor", Cancelled));
        await box.ShellAsync("echo 0123456789abcdef0123456789abcdef > /etc/machine-id", "root");
        var saved = await box.SavedAsync();
        var forks = await MemorySandbox.ForkedAsync(story.Api, $"/v1/checkpoints/{saved["id"]}/fork", new JsonObject { ["count"] = 10, ["memoryMiB"] = 512 });
        string[] asked =
        [
            "hostname", "cat /etc/machine-id", "cat /etc/hostname", "hostname -I",
            "head -c 16 /dev/urandom | od -An -tx1", "python3 -c 'import secrets, uuid; print(secrets.token_hex(), uuid.uuid4())'",
        ];
        foreach (var command in asked)
        {
            var seen = new HashSet<string> { await box.ShellAsync(command) };
            foreach (var fork in forks) Assert.True(seen.Add(await fork.ShellAsync(command)), $"two have the same of: {command}");
        }

        foreach (var one in forks.Append(box)) await one.DeleteAsync();
    }

    private static Task<string> GetAsync(MemorySandbox box, string word = "") => box.ShellAsync($"curl -fsS http://127.0.0.1:8080/{word}");
}
