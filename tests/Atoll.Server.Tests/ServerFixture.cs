using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Atoll.Core.Checkpoints;
using Atoll.Core.Code;
using Atoll.Core.Events;
using Atoll.Core.Machines;
using Atoll.Core.Ports;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Core.Volumes;
using Atoll.Server.Composition;
using Atoll.Server.Tests.Fakes;
using Atoll.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atoll.Server.Tests;

/// <summary>The real server on a free loopback port, over rooms in memory, with two teams.</summary>
public class ServerFixture : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private readonly SocketsHttpHandler _handler = new();
    private WebApplication? _app;

    internal FakeTeams Teams { get; } = new();

    internal FakeAudit Audit { get; } = new();

    internal FakeSandboxes Sandboxes { get; } = new();

    internal FakePorts Ports { get; } = new();

    internal CollectedLogs Logs { get; } = new();

    protected virtual TimeProvider Time => TimeProvider.System;

    public Uri Url { get; private set; } = new("http://invalid");

    public string KeyFolder => _scratch.PathOf("home");

    public string OwnKey { get; private set; } = "";

    public string OtherKey { get; private set; } = "";

    public IReadOnlyList<Microsoft.AspNetCore.Http.Endpoint> Endpoints => _app!.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints;

    public async ValueTask InitializeAsync()
    {
        _app = ServerHost.Create(
            ["--Server:Url=http://127.0.0.1:0", "--Server:FirstKeyFolder=" + KeyFolder, "--Server:ShutdownSeconds=1", "--Server:Limits:SlowSeconds=2", "--Server:Limits:UploadBytes=200000", "--Server:Limits:ArchiveBytes=1000000",
             "--Server:Rates:FailedKeysPerMinute=1000000", "--Server:Rates:AllFailedKeysPerMinute=1000000", "--Ingress:RequestsPerSandbox=3", "--Ingress:BodyBytes=100000", "--Ingress:QuietSeconds=20"],
            builder =>
            {
                builder.Services.AddSingleton(Time).AddSingleton<ITeams>(Teams).AddSingleton<IKeys>(Teams).AddSingleton<IUsers>(Teams).AddSingleton<IAuditLog>(Audit).AddSingleton<ISandboxes>(Sandboxes).AddSingleton<ILeases, FakeLeases>().AddSingleton<IPorts>(Ports).AddSingleton<IEvents, FakeEvents>().AddSingleton<IMachine, FakeMachine>().AddSingleton<IUsage, FakeUsage>().AddSingleton<ICodeContexts, FakeCode>().AddSingleton<ICheckpoints, FakeCheckpoints>().AddSingleton<ICheckpointTransfers, FakeTransfers>().AddSingleton<IVolumes, FakeVolumes>();
                builder.Logging.ClearProviders().AddProvider(Logs);
            });
        await _app.StartAsync();
        Url = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        OwnKey = Teams.Make(new("team_own"), "own").Secret;
        OtherKey = Teams.Make(new("team_other"), "other").Secret;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _handler.Dispose();
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    public HttpClient Client(string? key = "")
    {
        var client = new HttpClient(_handler, disposeHandler: false) { BaseAddress = Url };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Length == 0 ? OwnKey : key);
        return client;
    }

    public async Task<string> CreateAsync(HttpClient client)
    {
        using var created = await client.PostAsync("/v1/sandboxes", null, TestContext.Current.CancellationToken);
        Assert.Equal(201, (int)created.StatusCode);
        return (await ReadAsync(created)).GetProperty("id").GetString()!;
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    /// <summary>The problem of a refused request, checked for its form.</summary>
    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(text);
        Assert.Equal(code, document.RootElement.GetProperty("code").GetString());
        Assert.Equal(status, document.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(document.RootElement.GetProperty("detail").GetString()!);
        Assert.Equal(response.Headers.GetValues("X-Request-Id").Single(), document.RootElement.GetProperty("requestId").GetString());
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Atoll.", text, StringComparison.Ordinal);
        return document.RootElement.Clone();
    }
}
