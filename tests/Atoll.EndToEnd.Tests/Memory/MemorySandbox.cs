using System.Net;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.Memory;

/// <summary>What the tests of checkpoints with memory do with one sandbox.</summary>
internal sealed class MemorySandbox(Api api, string id)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public string Id => id;

    public Api Api => api;

    public async Task<string> ShellAsync(string command, string? user = null)
    {
        var done = await api.ExecAsync(id, command, Cancelled, user);
        Assert.True((int)done["exitCode"]! == 0, done.ToJsonString());
        return ((string)done["stdout"]!).Trim();
    }

    public async Task PutAsync(string path, string content)
    {
        var put = await api.SendAsync(HttpMethod.Put, $"/v1/sandboxes/{id}/files?path={Uri.EscapeDataString(path)}", content, Cancelled);
        Assert.True((int)put.Status < 300, put.Text);
    }

    /// <summary>A process that goes on without a client; its pid.</summary>
    public async Task<int> StartAsync(string command, string tag)
    {
        var answer = await api.PostAsync($"/v1/sandboxes/{id}/processes", new JsonObject { ["command"] = command, ["tag"] = tag }, Cancelled);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return (int)answer.Json!["pid"]!;
    }

    public async Task<JsonNode> ProcessAsync(string tag)
    {
        var answer = await api.GetAsync($"/v1/sandboxes/{id}/processes/{tag}", Cancelled);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json!;
    }

    public Task<Answer> SaveAsync(string? name = null, string kind = "full") =>
        api.PostAsync($"/v1/sandboxes/{id}/checkpoints", name is null ? new JsonObject { ["kind"] = kind } : new JsonObject { ["kind"] = kind, ["name"] = name }, Cancelled);

    /// <returns>The checkpoint.</returns>
    public async Task<JsonNode> SavedAsync(string? name = null)
    {
        var saved = await SaveAsync(name);
        Assert.True(saved.Status == HttpStatusCode.Created, saved.Text);
        return saved.Json!;
    }

    public Task<Answer> RestoreAsync(string checkpoint) => api.PostAsync($"/v1/sandboxes/{id}/restore", new JsonObject { ["checkpoint"] = checkpoint }, Cancelled);

    public async Task RestoredAsync(string checkpoint)
    {
        var restored = await RestoreAsync(checkpoint);
        Assert.True(restored.Status == HttpStatusCode.OK, restored.Text);
    }

    public static async Task<IReadOnlyList<MemorySandbox>> ForkedAsync(Api api, string origin, JsonObject body)
    {
        var forked = await api.PostAsync(origin, body, Cancelled);
        Assert.True(forked.Status == HttpStatusCode.Created, forked.Text);
        Assert.All(forked.Json!["results"]!.AsArray(), one => Assert.True(one!["sandbox"] is not null, one.ToJsonString()));
        return [.. forked.Json!["results"]!.AsArray().Select(one => new MemorySandbox(api, (string)one!["sandbox"]!["id"]!))];
    }

    public async Task DeleteAsync()
    {
        foreach (var item in (await api.GetAsync($"/v1/sandboxes/{id}/checkpoints?limit=1000", Cancelled)).Json!["items"]!.AsArray()) await api.DeleteAsync($"/v1/checkpoints/{item!["id"]}", Cancelled);
        await api.DeleteAsync($"/v1/sandboxes/{id}", Cancelled);
    }
}
