using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Code;

/// <summary>What a server finds of the code that another one ran, and what it starts before anybody asks.</summary>
public sealed class CodeRestartTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("container", "runc")]
    [InlineData("gvisor", "runsc")]
    public async Task Contexts_AfterTheServerWasKilled_KeepTheirState(string isolation, string runtime)
    {
        Requires.Root();
        Requires.Tool(runtime);
        await using var server = new RealServer();
        server.Configure("ATOLL__CODE__PREWARM__0", "python");
        await server.PrepareAsync(Cancelled, "default");
        await server.StartAsync(Cancelled);
        string id;
        int pid;
        using (var api = new Api(server.Url, server.ApiKey))
        {
            id = await api.CreateAsync(new() { ["isolation"] = isolation, ["memoryMiB"] = 1024, ["env"] = new JsonObject { ["MINE"] = "1" } }, Cancelled);
            await Eventually.HoldsAsync("Python was started before anybody asked", async () => await PidAsync(api, id, "python") is not null, Cancelled);
            pid = (await PidAsync(api, id, "python"))!.Value;
            Assert.Equal($"({pid}, '1')", await TextAsync(api, id, new() { ["code"] = "import os; x = 5; (os.getpid(), os.environ['MINE'])" }));
            var made = await api.PostAsync($"/v1/sandboxes/{id}/code/contexts", new JsonObject { ["language"] = "javascript", ["name"] = "js" }, Cancelled);
            Assert.Equal(HttpStatusCode.Created, made.Status);
            await TextAsync(api, id, new() { ["context"] = "js", ["code"] = "globalThis.x = 6; x" });

            // Something is running when the server dies: the next execution ends it rather than wait for it.
            var running = api.PostAsync($"/v1/sandboxes/{id}/code", new JsonObject { ["context"] = "js", ["code"] = "require('fs').writeFileSync('/tmp/begun', ''); while (true) {}" }, Cancelled);
            await Eventually.HoldsAsync("it runs", async () => await FileAsync(api, id), Cancelled);
            await server.KillAsync(Cancelled);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => running);
        }

        await server.StartAsync(Cancelled);
        using (var api = new Api(server.Url, server.ApiKey))
        {
            Assert.Equal($"({pid}, 5)", await TextAsync(api, id, new() { ["code"] = "(os.getpid(), x)" }));
            Assert.Equal("6", await TextAsync(api, id, new() { ["context"] = "js", ["code"] = "x" }));
        }
    }

    private static async Task<string> TextAsync(Api api, string id, JsonObject body)
    {
        var answer = await api.PostAsync($"/v1/sandboxes/{id}/code", body, Cancelled);
        Assert.True(answer.Status == HttpStatusCode.OK && answer.Json!["error"] is null, answer.Text);
        return (string)Assert.Single((JsonArray)answer.Json!["results"]!)!["text"]!;
    }

    private static async Task<bool> FileAsync(Api api, string id) => (int)(await api.ExecAsync(id, "test -e /tmp/begun", Cancelled))["exitCode"]! == 0;

    private static async Task<int?> PidAsync(Api api, string id, string context)
    {
        var list = await api.GetAsync($"/v1/sandboxes/{id}/code/contexts", Cancelled);
        return (int?)((JsonArray)list.Json!["items"]!).SingleOrDefault(item => (string)item!["id"]! == context)?["pid"];
    }
}
