using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>A host that has no room left: what is refused says so, what runs goes on, and nothing has to be restarted when there is room again.</summary>
public sealed class HostFaultTests : CrashTest
{
    // Fills in seconds, and holds the smallest pool that is grown no more.
    private const int DiskMiB = 1200;
    private const int PoolMiB = 700;

    private static JsonObject Endless => new() { ["timeoutSeconds"] = 0 };

    [Fact]
    public async Task Files_NoneLeft_IsToldAndOverWhenThereAreSome()
    {
        Requires.Tool("prlimit");

        // As its unit has it: the runtime makes no thread then that it does not have already.
        Server.Configure("DOTNET_TC_BackgroundWorkerTimeoutMs", "-1");
        await StartAsync();
        var (first, second) = (await CreateAsync(Container, "first", Endless), await CreateAsync(GVisor, "second", Endless));
        var started = await Api.PostAsync($"/v1/sandboxes/{first}/processes", new JsonObject { ["command"] = "echo begun; read line; echo $line", ["tag"] = "waits", ["keepStdinOpen"] = true }, Cancellation);
        Assert.True(started.Status == HttpStatusCode.Created, started.Text);
        await Eventually.HoldsAsync("it has begun", async () => await OutputAsync(first, "waits") == "begun\n", Cancellation);

        // A server that has been busy has its threads. The runtime ends a process that needs one more and has no descriptor left to make it with, which nothing in the process can change.
        for (var round = 0; round < 2; round++)
        {
            var busy = Enumerable.Range(0, 8).Select(_ => CreateAsync(Container)).ToArray();
            await Task.WhenAll(Enumerable.Range(0, 48).Select(_ => ShellAsync(first, "true")));
            foreach (var id in await Task.WhenAll(busy)) await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation);
        }

        // What is open stays open, this test's connection among it.
        LimitFiles("3");
        for (var round = 0; round < 3; round++)
        {
            foreach (var sandbox in (string[])[first, second])
            {
                var refused = await AssertCodeAsync(HttpMethod.Post, $"/v1/sandboxes/{sandbox}/exec", new JsonObject { ["command"] = "true" }, "capacity_exhausted");
                Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 60);
            }

            // Each by a name of its own: one that could not be removed yet, for want of a descriptor, keeps its.
            await AssertCodeAsync(HttpMethod.Post, "/v1/sandboxes", Body(Container, $"refused{round}"), "capacity_exhausted");
            Assert.Equal("running", (string)(await GetAsync(first))["state"]!);
        }

        LimitFiles("4096");
        foreach (var sandbox in (string[])[first, second]) await ShellAsync(sandbox, "true");
        await Api.PostAsync($"/v1/sandboxes/{first}/processes/waits/stdin", new JsonObject { ["text"] = "went on\n" }, Cancellation);
        await Eventually.HoldsAsync("what ran goes on", async () => await OutputAsync(first, "waits") == "begun\nwent on\n", Cancellation);
        var third = await CreateAsync(Container, "third");
        await Eventually.HoldsAsync("nothing is left of what was refused", () => Holdings.Besides(Server, [first, second, third]).Count == 0, Cancellation);
    }

    [Fact]
    public async Task Connections_MoreThanFilesAllow_AreCutOffAndOthersGoOn()
    {
        Requires.Tool("prlimit");
        Server.Wrapper = ["prlimit", "--nofile=900:900"];
        await StartAsync();
        var id = await CreateAsync(Container, "first", Endless);
        Assert.Contains("few_files", Server.ReadLog(), StringComparison.Ordinal);
        var flood = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 1500; i++)
            {
                TcpClient client = new();
                flood.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, new Uri(Server.Url).Port, Cancellation);
            }

            // While they come, each takes a descriptor until it is cut off.
            await Eventually.HoldsAsync("commands run", async () => await CodeOfAsync(HttpMethod.Post, $"/v1/sandboxes/{id}/exec", new() { ["command"] = "true" }) is null, Cancellation);
            for (var i = 0; i < 20; i++) await ShellAsync(id, "true");
            await CreateAsync(Container, "second", Endless);
        }
        finally
        {
            flood.ForEach(client => client.Dispose());
        }

        await Eventually.HoldsAsync("new connections are taken", async () =>
        {
            using Api other = new(Server.Url, Server.ApiKey);
            try
            {
                return (await other.ExecAsync(id, "true", Cancellation))["exitCode"] is not null;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, Cancellation);
    }

    [Fact]
    public async Task StateDirectory_Full_SandboxesGoOnAndChangesAreRefusedUntilThereIsRoom()
    {
        // The pool that every test of this class begins with goes: this one's lies on the small disk.
        await Server.EraseAsync();
        using TinyDisk disk = new(DiskMiB, Server.StateDirectory);
        Server.Configure("ATOLL__STORAGE__KIND", "btrfs");
        Server.Configure("ATOLL__STORAGE__PREALLOCATE", "true");
        Server.Configure("ATOLL__STORAGE__INITIALBYTES", Bytes(PoolMiB));
        Server.Configure("ATOLL__STORAGE__MAXBYTES", Bytes(PoolMiB));
        Server.Configure("ATOLL__STORAGE__RESERVEBYTES", Bytes(16));
        await Server.PrepareAsync(Cancellation, "minimal");
        try
        {
            await StartAsync();
            string[] sandboxes = [await CreateAsync(Container, "first", Endless), await CreateAsync(GVisor, "second", Endless)];
            disk.Fill();

            foreach (var sandbox in sandboxes)
            {
                await ShellAsync(sandbox, "dd if=/dev/urandom of=/tmp/file bs=1M count=60 2>/dev/null && sync && cp /tmp/file /tmp/again && cmp /tmp/file /tmp/again && rm /tmp/again");
                await ShellAsync(sandbox, "sync; echo kept > /tmp/kept");
            }

            // Until the pages at hand are full.
            await Eventually.HoldsAsync("changes are refused", async () => await CodeOfAsync(HttpMethod.Post, "/v1/sandboxes", Large()) == "store_unavailable", Cancellation);
            Assert.Equal("running", (string)(await GetAsync(sandboxes[0]))["state"]!);

            disk.Free();
            await Eventually.HoldsAsync("changes are taken", async () => await CodeOfAsync(HttpMethod.Post, "/v1/sandboxes", Body(Container, "after")) is null, Cancellation);
            await EndAsync(kill: true);
            await StartAsync();
            foreach (var sandbox in sandboxes) Assert.Equal("kept\n", await ShellAsync(sandbox, "cmp /tmp/file /tmp/file && cat /tmp/kept"));
            var listed = (JsonArray)(await Api.GetAsync("/v1/sandboxes?limit=100", Cancellation)).Json!["items"]!;
            await Eventually.HoldsAsync("what was refused has left nothing", () => Holdings.Besides(Server, listed.Select(sandbox => (string)sandbox!["id"]!)).Count == 0, Cancellation);
        }
        finally
        {
            await Server.EraseAsync();
        }
    }

    [Fact]
    public async Task StateDirectory_ReadOnly_IsSaidAtTheStart()
    {
        var folder = Server.StateDirectory + "-ro";
        using TinyDisk disk = new(4, folder);
        disk.MakeReadOnly();
        var (code, output) = await Server.RunAsync(["serve", "--Machine:StateDirectory", folder], Cancellation);
        Assert.Equal(5, code);
        Assert.Contains("The state directory cannot be written", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static string Bytes(int mebibytes) => ((long)mebibytes << 20).ToString(CultureInfo.InvariantCulture);

    private static JsonObject Large()
    {
        var body = Body(Container);
        body["env"] = new JsonObject { ["A"] = new string('x', 100_000) };
        return body;
    }

    private void LimitFiles(string most)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", Server.ProcessId.ToString(CultureInfo.InvariantCulture), $"--nofile={most}:"]);
        prlimit.WaitForExit();
        Assert.Equal(0, prlimit.ExitCode);
    }

    private async Task<string?> CodeOfAsync(HttpMethod method, string path, JsonObject body)
    {
        using var response = await SendAsync(method, path, body);
        return response.IsSuccessStatusCode ? null : (string)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["code"]!;
    }

    private async Task<HttpResponseMessage> AssertCodeAsync(HttpMethod method, string path, JsonObject body, string code)
    {
        var response = await SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable && (string)JsonNode.Parse(text)!["code"]! == code, text);
        return response;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject body)
    {
        using HttpRequestMessage request = new(method, path) { Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json") };
        return await Api.Http.SendAsync(request, Cancellation);
    }
}
