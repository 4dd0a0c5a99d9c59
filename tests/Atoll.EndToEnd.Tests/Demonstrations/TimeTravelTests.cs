using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Atoll.EndToEnd.Tests.Cli;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Demonstrations;

/// <summary>A guest book that lives in the memory of one Python process, and what can be done to its time and place. Each step is one that a user would take.</summary>
public sealed class TimeTravelTests : IAsyncLifetime
{
    private const int Port = 8000;

    private const string GuestBook = """
        import http.server
        guests = []
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path != "/": guests.append(self.path[1:])
                self.send_response(200)
                self.end_headers()
                self.wfile.write(", ".join(guests).encode())
            def log_message(self, *unused): pass
        http.server.ThreadingHTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
        """;

    private readonly RealServer _here = new();
    private readonly RealServer _there = new();
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        foreach (var server in (RealServer[])[_here, _there])
        {
            server.Configure("ATOLL__OBJECTSTORE__FOLDER", _scratch.PathOf("exports"));
            await server.PrepareAsync(Cancellation, "default");
            await server.StartAsync(Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task GuestBookInMemory_SavedForkedAsleepWokenAndMoved_ForgetsNobody()
    {
        CliProgram here = new(_here), there = new(_there);

        // A sandbox, a program in it, and guests who come by HTTP.
        var book = await RunAsync(here, "create", "--name", "book");
        (await here.RunAsync(Encoding.UTF8.GetBytes(GuestBook), ["cp", "-", "book:/home/user/book.py"])).Succeeded();
        await RunAsync(here, "exec", "-d", "book", "--", "python3", "book.py");
        await Eventually.HoldsAsync("the book is open", async () => (await AskAsync(_here, book, "")).Status == HttpStatusCode.OK, Cancellation);
        foreach (var guest in (string[])["Ada", "Grace"]) await SignAsync(_here, book, guest);

        // It is saved while it runs, and goes on. What comes after can be undone.
        var evening = await RunAsync(here, "checkpoint", "create", "book", "--full", "--name", "evening");
        Assert.Equal("Ada, Grace, Mallory", await SignAsync(_here, book, "Mallory"));
        await RunAsync(here, "checkpoint", "restore", "book", "evening");
        Assert.Equal("Ada, Grace", await ReadAsync(_here, book));

        // Ten books of one evening, and each goes on by itself.
        var forks = (await RunAsync(here, "fork", evening, "--count", "10")).Split('\n');
        Assert.Equal(10, forks.Distinct().Count());
        foreach (var fork in forks) Assert.Equal($"Ada, Grace, {fork}", await SignAsync(_here, fork, fork));
        Assert.Equal("Ada, Grace", await ReadAsync(_here, book));
        await RunAsync(here, ["rm", .. forks]);

        // Asleep, nothing of it runs, not even when its server dies. The next guest wakes it, and has only to wait.
        await RunAsync(here, "suspend", "book");
        Assert.Equal("suspended", (string)(await InspectAsync(here))["state"]!);
        await _here.KillAsync(Cancellation);
        await _here.StartAsync(Cancellation);
        Assert.All(HostTraces.Of(_here, book), trace => Assert.StartsWith("folder ", trace, StringComparison.Ordinal));
        Assert.Equal("Ada, Grace, Edsger", await SignAsync(_here, book, "Edsger"));
        Assert.Equal("running", (string)(await InspectAsync(here))["state"]!);

        // To another machine, by the store that both know.
        var packed = await RunAsync(here, "checkpoint", "create", "book", "--full");
        var key = await RunAsync(here, "checkpoint", "export", packed);
        await RunAsync(here, "rm", "book");
        var arrived = await RunAsync(there, "checkpoint", "import", key);
        var moved = await RunAsync(there, "fork", arrived, "--full");
        Assert.Equal("Ada, Grace, Edsger, Barbara", await SignAsync(_there, moved, "Barbara"));
        Assert.Equal(moved, await RunAsync(there, "exec", moved, "--", "hostname"));
    }

    private static async Task<string> RunAsync(CliProgram cli, params string[] arguments) => (await cli.RunAsync(arguments)).Succeeded().Trim();

    private static async Task<JsonNode> InspectAsync(CliProgram cli) => JsonNode.Parse(await RunAsync(cli, "inspect", "book", "--json"))!;

    private static Task<string> ReadAsync(RealServer server, string sandbox) => SignAsync(server, sandbox, "");

    private static async Task<string> SignAsync(RealServer server, string sandbox, string guest)
    {
        var answer = await AskAsync(server, sandbox, guest);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Text;
    }

    private static async Task<Answer> AskAsync(RealServer server, string sandbox, string guest)
    {
        using var api = new Api(server.Url, server.ApiKey);
        return await api.GetAsync($"/p/{sandbox}/{Port}/{guest}", Cancellation);
    }
}
