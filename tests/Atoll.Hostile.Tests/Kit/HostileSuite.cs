using System.Net;
using System.Text.Json.Nodes;
using Atoll.Testing;

namespace Atoll.Hostile.Tests.Kit;

/// <summary>
/// Attacks out of a real sandbox of one isolation. Beside each, the neighbour's commands go on and are timed; after each, the host must be as it was, the server ready and the neighbour alive.
/// </summary>
public abstract class HostileSuite(HostileServer server, string isolation) : IAsyncLifetime
{
    protected const string User = "user";
    protected const string Root = "root";
    private readonly List<string> _made = [];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected HostileServer Server => server;

    protected Api Api => server.Api;

    protected string Isolation => isolation;

    protected bool OwnKernel => isolation == "gvisor";

    /// <summary>The sandbox that attacks which leave it alive share.</summary>
    protected string Sandbox { get; private set; } = "";

    public virtual async ValueTask InitializeAsync()
    {
        await server.StartAsync(isolation, Cancellation);
        await server.NeighbourAsync(isolation, Cancellation);
        Sandbox = await server.AttackedAsync(isolation, Cancellation);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var id in _made) await Api.DeleteAsync($"/v1/sandboxes/{id}", CancellationToken.None);
    }

    /// <summary>A sandbox of the test's own, deleted at its end.</summary>
    protected async Task<string> CreateAsync(JsonObject? more = null)
    {
        var id = await server.CreateAsync(isolation, more, Cancellation);
        _made.Add(id);
        return id;
    }

    /// <summary>Runs an attack between two looks at the host and beside a neighbour whose commands must all run.</summary>
    protected async Task BesideNeighbourAsync(Func<Task> attack)
    {
        var before = HostState.Read(server.Real);
        await using var neighbour = new Neighbour(server.Real, await server.NeighbourAsync(isolation, Cancellation));
        await attack();
        var figures = await neighbour.StopAsync();
        var test = Results.NameOfTest();
        server.Results.Add(test, isolation, figures);
        TestContext.Current.TestOutputHelper?.WriteLine($"neighbour during {test} ({isolation}): {figures}");

        Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync("/readyz", Cancellation)).Status);
        foreach (var id in _made) await Api.DeleteAsync($"/v1/sandboxes/{id}", Cancellation);
        IReadOnlyList<string> changed = [];
        try
        {
            await Eventually.HoldsAsync("the host is as it was", () => (changed = HostState.Read(server.Real).Since(before)).Count == 0, Cancellation);
        }
        catch (TimeoutException)
        {
            Assert.Fail("The host is not as it was: " + string.Join("; ", changed));
        }
    }

    /// <summary>An attack every try of which must be refused, to the user and to root inside, again and again for a while; but for those named, which take something of the sandbox's own.</summary>
    protected Task ShouldBeRefusedAsync(string attack, string[]? own = null, params string[] arguments) => BesideNeighbourAsync(async () =>
    {
        foreach (var user in (string[])[User, Root])
        {
            var verdicts = await AttackAsync(Sandbox, user, ["for", "300", attack, .. arguments]);
            Assert.NotEmpty(verdicts);
            var through = verdicts.Where(verdict => !verdict.Refused && own?.Contains(verdict.Name) != true).ToList();
            Assert.True(through.Count == 0, $"as {user}: {string.Join("; ", through)}");
        }
    });

    protected async Task<IReadOnlyList<Verdict>> AttackAsync(string sandbox, string user, params string[] arguments)
    {
        var answer = await TryAttackAsync(sandbox, user, arguments);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var verdicts = Verdict.Parse((string)answer.Json!["stdout"]!);
        TestContext.Current.TestOutputHelper?.WriteLine($"{string.Join(' ', arguments)} as {user}: {Summary(verdicts)} exit {answer.Json["exitCode"]} {answer.Json["stderr"]}");
        return verdicts;
    }

    /// <summary>The same, where the sandbox may not survive it.</summary>
    protected Task<Answer> TryAttackAsync(string sandbox, string user, params string[] arguments) => Api.PostAsync($"/v1/sandboxes/{sandbox}/exec", new JsonObject
    {
        ["argv"] = new JsonArray([.. arguments.Prepend("/tmp/attack").Select(argument => JsonValue.Create(argument))]),
        ["user"] = user,
        ["timeoutSeconds"] = 60,
    }, Cancellation);

    /// <summary>Runs a shell line that must succeed; its output.</summary>
    protected async Task<string> ShellAsync(string command, string user = User, string? sandbox = null)
    {
        var result = await Api.ExecAsync(sandbox ?? Sandbox, command, Cancellation, user);
        Assert.True((int)result["exitCode"]! == 0, result.ToJsonString());
        return (string)result["stdout"]!;
    }

    protected async Task<JsonNode> GetAsync(string sandbox) => (await Api.GetAsync($"/v1/sandboxes/{sandbox}", Cancellation)).Json!;

    protected static string FileUrl(string sandbox, string path, string route = "files") => $"/v1/sandboxes/{sandbox}/{route}?path={Uri.EscapeDataString(path)}";

    private static string Summary(IReadOnlyList<Verdict> verdicts) => $"{verdicts.Count(verdict => verdict.Refused)} of {verdicts.Count} refused; {string.Join("; ", verdicts.Where(verdict => !verdict.Refused || verdicts.Count < 6))}";
}
