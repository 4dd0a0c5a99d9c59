using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atoll.Cli.Tests.Fakes;

/// <summary>As much of the API as these tests need, on a port of its own; the real one is tested in Atoll.Server.Tests. A test adds or replaces routes with <see cref="On"/>.</summary>
internal sealed class FakeAtoll : IAsyncDisposable
{
    public const string Key = "atoll_test";
    public const string Web = "s00000000000000000web";
    public const string Db = "s0000000000000000db00";
    public const string Made = "s00000000000000000new";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, RequestDelegate> _routes = new();

    private FakeAtoll(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public ConcurrentQueue<(string Route, string Body)> Requests { get; } = new();

    public ConcurrentQueue<string?> Keys { get; } = new();

    public static async Task<FakeAtoll> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        var fake = new FakeAtoll(app);
        app.UseWebSockets();
        app.Run(fake.HandleAsync);
        fake.AddUsualRoutes();
        await app.StartAsync();
        return fake;
    }

    /// <param name="route">Method and path, such as <c>GET /v1/sandboxes</c>; without the query.</param>
    public void On(string route, RequestDelegate handler) => _routes[route] = handler;

    public void OnJson(string route, JsonNode body, int status = 200) => On(route, http => WriteAsync(http, body, status, "application/json"));

    public void OnProblem(string route, int status, string code, string detail, string? hint = null) =>
        On(route, http => WriteAsync(http, new JsonObject { ["status"] = status, ["code"] = code, ["detail"] = detail, ["hint"] = hint }, status, "application/problem+json"));

    public static JsonObject Sandbox(string id, string? name = null, string state = "running") => new()
    {
        ["id"] = id,
        ["name"] = name,
        ["state"] = state,
        ["isolation"] = "gvisor",
        ["template"] = "default",
        ["cpu"] = 1.5,
        ["memoryMiB"] = 512,
        ["diskMiB"] = 1024,
        ["processes"] = 100,
        ["createdAt"] = "2026-01-01T00:00:00Z",
        ["ports"] = new JsonArray(),
    };

    public static JsonObject Items(params JsonNode[] items) => new() { ["items"] = new JsonArray(items), ["nextCursor"] = null };

    /// <summary>Bodies of the requests for a route so far.</summary>
    public string[] Bodies(string route) => [.. Requests.Where(request => request.Route == route).Select(request => request.Body)];

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void AddUsualRoutes()
    {
        OnJson("POST /v1/sandboxes", Sandbox(Made), 201);
        OnJson("GET /v1/sandboxes", Items(Sandbox(Web, "web"), Sandbox(Db, "db")));
        OnJson("GET /v1/sandboxes/web", Sandbox(Web, "web"));
        On($"DELETE /v1/sandboxes/{Made}", NoContentAsync);
        On($"DELETE /v1/sandboxes/{Web}", NoContentAsync);
        OnJson("GET /v1/whoami", new JsonObject { ["team"] = "team_1", ["teamName"] = "first", ["keyId"] = "key_1", ["keyName"] = "cli" });
        foreach (var id in (string[])[Made, Web])
        {
            OnJson($"POST /v1/sandboxes/{id}/processes", new JsonObject { ["pid"] = 42, ["pty"] = false, ["outputStart"] = 0, ["outputEnd"] = 0, ["stdinOffset"] = 0 }, 201);
            On($"POST /v1/sandboxes/{id}/processes/42/signal", NoContentAsync);
            On($"POST /v1/sandboxes/{id}/processes/42/resize", NoContentAsync);
        }
    }

    private async Task HandleAsync(HttpContext http)
    {
        var route = $"{http.Request.Method} {http.Request.Path}";
        Keys.Enqueue(http.Request.Headers.Authorization);
        var upload = http.Request.Method == "PUT";
        Requests.Enqueue((route, upload ? http.Request.QueryString.Value! : await new StreamReader(http.Request.Body).ReadToEndAsync(http.RequestAborted)));
        http.Response.Headers["X-Request-Id"] = "r1";
        if (http.Request.Headers.Authorization != "Bearer " + Key) await ProblemAsync(http, 401, "unauthenticated", "The key opens nothing.");
        else if (_routes.TryGetValue(route, out var handler)) await handler(http);
        else await ProblemAsync(http, 404, route.Contains("/files", StringComparison.Ordinal) ? "file_not_found" : "sandbox_not_found", "There is none.");
    }

    private static Task ProblemAsync(HttpContext http, int status, string code, string detail) =>
        WriteAsync(http, new JsonObject { ["status"] = status, ["code"] = code, ["detail"] = detail }, status, "application/problem+json");

    private static Task NoContentAsync(HttpContext http)
    {
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext http, JsonNode body, int status, string type)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        await http.Response.WriteAsync(body.ToJsonString(JsonSerializerOptions.Web), http.RequestAborted);
    }
}
