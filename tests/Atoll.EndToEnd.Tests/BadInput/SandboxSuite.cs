using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Atoll.EndToEnd.Tests.BadInput;

/// <summary>A test that does something bad in or to a real sandbox of one isolation. After each, server and neighbour must be unaffected.</summary>
public abstract class SandboxSuite(BadInputServer server, string isolation) : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected BadInputServer Server => server;

    protected Api Api => server.Api;

    protected string Isolation => isolation;

    protected string Sandbox { get; private set; } = "";

    /// <summary>A directory of this test's own in the sandbox.</summary>
    protected string Folder { get; } = "/tmp/" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 10);

    public virtual async ValueTask InitializeAsync()
    {
        await server.StartAsync();
        Sandbox = await server.SandboxAsync(isolation);
        await RunAsync($"mkdir {Folder}");
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Sandbox.Length == 0) return;
        await server.ShouldBeUnaffectedAsync(isolation, CancellationToken.None);
        await Api.ExecAsync(Sandbox, $"rm -rf {Folder}", CancellationToken.None, "root");
    }

    protected string Route(string below) => $"/v1/sandboxes/{Sandbox}/{below}";

    /// <param name="path">Encoded here.</param>
    protected string File(string path, string route = "files") => Route($"{route}?path={Uri.EscapeDataString(path)}");

    /// <summary>Runs a shell line that must succeed; its output.</summary>
    protected async Task<string> RunAsync(string command, string? user = null)
    {
        var result = await Api.ExecAsync(Sandbox, command, Cancellation, user);
        Assert.True((int)result["exitCode"]! == 0, result.ToJsonString());
        return (string)result["stdout"]!;
    }

    protected Task<Answer> ExecAsync(JsonObject body) => Api.PostAsync(Route("exec"), body, Cancellation);

    protected async Task<int> StartAsync(JsonObject body)
    {
        var answer = await Api.PostAsync(Route("processes"), body, Cancellation);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return (int)answer.Json!["pid"]!;
    }

    protected async Task PutAsync(string path, string text)
    {
        using var content = new StringContent(text);
        using var answer = await Api.Http.PutAsync(File(path), content, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
