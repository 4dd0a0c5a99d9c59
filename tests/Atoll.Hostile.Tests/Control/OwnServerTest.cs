using System.Net;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Control;

/// <summary>A server of the test's own, to be killed or robbed of what it needs; or of its class, to be flooded.</summary>
public abstract class OwnServerTest(HostileServer shared, RealServer? ofClass = null) : IAsyncLifetime
{
    protected static readonly string[] Isolations = ["container", "gvisor"];
    private Api? _api;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected RealServer Server { get; } = ofClass ?? new RealServer();

    protected Api Api => _api ?? throw new InvalidOperationException("Not started.");

    public virtual async ValueTask InitializeAsync()
    {
        Requires.Root();
        if (ofClass is null) await Server.PrepareAsync(Cancellation, "minimal");
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed) TestContext.Current.TestOutputHelper?.WriteLine(Server.ReadLog());
        _api?.Dispose();
        if (ofClass is null) await Server.DisposeAsync();
    }

    /// <summary>Starts the server, and skips the test where one of the isolations it needs is missing.</summary>
    protected async Task StartAsync(params string[] needed)
    {
        if (ofClass is null) await Server.StartAsync(Cancellation);
        _api?.Dispose();
        _api = new Api(Server.Url, Server.ApiKey);
        foreach (var isolation in needed) await IsolationSupport.RequireAsync(_api, isolation, Cancellation);
    }

    protected Task<string> CreateAsync(string isolation) => Api.CreateAsync(HostileServer.Body(isolation), Cancellation);

    protected async Task<string> ShellAsync(string sandbox, string command)
    {
        var result = await Api.ExecAsync(sandbox, command, Cancellation);
        Assert.True((int)result["exitCode"]! == 0, result.ToJsonString());
        return (string)result["stdout"]!;
    }

    protected async Task<IReadOnlyList<string>> RunningAsync() =>
        [.. (await Api.GetAsync("/v1/sandboxes?state=running&limit=100", Cancellation)).Json!["items"]!.AsArray().Select(item => (string)item!["id"]!)];

    protected async Task DeleteAsync(string sandbox) => Assert.Equal(HttpStatusCode.NoContent, (await Api.DeleteAsync($"/v1/sandboxes/{sandbox}", Cancellation)).Status);

    /// <summary>Runs an attack on the server while a neighbour in it goes on working.</summary>
    protected async Task BesideNeighbourAsync(string neighbour, Func<Task> attack)
    {
        await using var watch = new Neighbour(Server, neighbour);
        await attack();
        var figures = await watch.StopAsync();
        var test = Results.NameOfTest();
        shared.Results.Add(test, (string)(await Api.GetAsync($"/v1/sandboxes/{neighbour}", Cancellation)).Json!["isolation"]!, figures);
        TestContext.Current.TestOutputHelper?.WriteLine($"neighbour during {test}: {figures}");
        Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync("/readyz", Cancellation)).Status);
    }

    protected Task NothingIsLeftBesidesAsync(IReadOnlyCollection<string> living) =>
        Eventually.HoldsAsync("nothing is left but what lives: " + string.Join("; ", Holdings.Besides(Server, living)), () => Holdings.Besides(Server, living).Count == 0, Cancellation);
}
