using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Atoll.Core.Events;
using Atoll.Core.Machines;
using Atoll.Core.Metrics;
using Atoll.Core.Sandboxes;
using Atoll.Core.Sandboxes.Metering;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Core.Tracing;
using Atoll.Server.Composition;
using Atoll.Server.Tests.Fakes;
using Atoll.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Atoll.Server.Tests;

public sealed class TelemetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_CollectorConfigured_GetsSpansAndMetrics()
    {
        ConcurrentDictionary<string, string> received = new();
        var collector = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        collector.Logging.ClearProviders();
        await using var app = collector.Build();
        app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using MemoryStream body = new();
            await request.Body.CopyToAsync(body);
            received.AddOrUpdate(signal, Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
        });
        await app.StartAsync(Cancellation);

        await using (var server = await StartAsync("--Telemetry:OtlpEndpoint=" + Address(app)))
        {
            using HttpClient http = new(new SocketsHttpHandler());
            (await http.GetAsync(Address(server) + "/v1/info", Cancellation)).Dispose();
            using (AtollTrace.Start("test.step")) server.Services.GetRequiredService<AtollMetrics>().Created(null);
            await server.StopAsync(Cancellation);
        }

        Assert.Contains("test.step", received["traces"], StringComparison.Ordinal);
        Assert.Contains("/v1/info", received["traces"], StringComparison.Ordinal);
        Assert.Contains("atoll.sandbox.creates", received["metrics"], StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", received["metrics"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trace_NobodyListens_MakesNoSpanAndTakesNoMemory()
    {
        await using var server = await StartAsync();
        Assert.Null(AtollTrace.Start("test.step"));
        Assert.False(Activity.Current is { Source.Name: AtollTrace.SourceName });
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) AtollTrace.Start("test.step")?.Dispose();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("--Telemetry:OtlpEndpoint=collector")]
    [InlineData("--Telemetry:OtlpEndpoint=ftp://collector")]
    public async Task Export_BadEndpoint_SaysWhichKey(string argument)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(argument));
        Assert.Contains("Telemetry:OtlpEndpoint", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_Text_HasOurInstrumentsTheProcessAndTheRuntimeInPrometheusForm()
    {
        await using var server = await StartAsync();
        var metrics = server.Services.GetRequiredService<AtollMetrics>();
        metrics.Executed("gvisor", null, TimeSpan.FromMilliseconds(3));
        metrics.Executed("gvisor", null, TimeSpan.FromMinutes(9));
        metrics.StoreCalled("sqlite", "read", refused: true, TimeSpan.FromMilliseconds(1));
        using HttpClient http = new(new SocketsHttpHandler());

        var text = await http.GetStringAsync(Address(server) + "/metrics", Cancellation);

        Assert.Contains("atoll_exec_duration_seconds_bucket{isolation=\"gvisor\",result=\"ok\",le=\"0.0025\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("atoll_exec_duration_seconds_bucket{isolation=\"gvisor\",result=\"ok\",le=\"0.005\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("atoll_exec_duration_seconds_bucket{isolation=\"gvisor\",result=\"ok\",le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("atoll_store_faults_total{engine=\"sqlite\",operation=\"read\"} 1\n", text, StringComparison.Ordinal);
        Assert.Matches("(?m)^process_open_fds [1-9]", text);
        Assert.Matches("(?m)^process_threads [1-9]", text);
        Assert.Matches("(?m)^atoll_host_memory_total_bytes [1-9]", text);
        Assert.Matches("(?m)^dotnet_gc_collections_total\\{", text);
        var families = text.Split('\n').Where(x => x.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(x => x.Split(' ')[2]).ToList();
        Assert.Equal(families.Distinct(), families);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\\{.*\\})? [-+0-9.eEINaf]+)$", line));
    }

    private static async Task<WebApplication> StartAsync(params string[] arguments)
    {
        using Scratch scratch = new();
        FakeTeams teams = new();
        var server = ServerHost.Create(
            ["--Server:Url=http://127.0.0.1:0", "--Server:FirstKeyFolder=" + scratch.Folder, "--Server:ShutdownSeconds=1", .. arguments],
            builder =>
            {
                builder.Services.AddSingleton<ITeams>(teams).AddSingleton<IKeys>(teams).AddSingleton<IUsers>(teams).AddSingleton<IAuditLog, FakeAudit>().AddSingleton<ISandboxes, FakeSandboxes>().AddSingleton<IEvents, FakeEvents>().AddSingleton<IMachine, FakeMachine>().AddSingleton<IUsage, FakeUsage>();
                builder.Logging.ClearProviders();
            });
        await server.StartAsync(Cancellation);
        return server;
    }

    private static string Address(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
