using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Atoll.Testing;

namespace Atoll.EndToEnd.Tests.Crash;

/// <summary>What the user can mend ends the server with one clear line and an exit code of its own.</summary>
public sealed class RefusedStartTests : CrashTest
{
    [Fact]
    public async Task SecondServer_OnOneStateDirectory_IsRefusedAndTheFirstGoesOn()
    {
        await StartAsync();
        var id = await CreateAsync(Container);
        AssertOneLine(await Server.RunAsync(["serve", "--Server:Url", "http://127.0.0.1:0"], Cancellation), 5, Server.StateDirectory);
        await ShellAsync(id, "true");
        Assert.Equal("running", (string?)(await GetAsync(id))["state"]);
    }

    [Fact]
    public async Task SecondServer_OnOneDatabase_IsRefusedAndTheFirstGoesOn()
    {
        await using PostgresServer postgres = new();
        await using var database = await postgres.NewDatabaseAsync(Cancellation);
        Server.Configure("ATOLL__STORE__CONNECTIONSTRING", database.ConnectionString);
        await StartAsync();
        var id = await CreateAsync(Container);

        await using RealServer second = new();
        second.Configure("ATOLL__STORE__CONNECTIONSTRING", database.ConnectionString);
        second.Configure("ATOLL__STORE__BUSYTIMEOUTSECONDS", "1");
        AssertOneLine(await second.RunAsync(["serve"], Cancellation), 5, $"process {Server.ProcessId} on {Environment.MachineName}");

        await ShellAsync(id, "true");
        Assert.Equal("running", (string?)(await GetAsync(id))["state"]);

        // And after a crash nobody is in the way.
        await EndAsync(kill: true);
        await StartAsync();
        await ShellAsync(id, "true");
    }

    [Fact]
    public async Task Database_TakenByAnotherServerMeanwhile_EndsThisOneWithOneLine()
    {
        await using PostgresServer postgres = new();
        await using var database = await postgres.NewDatabaseAsync(Cancellation);
        Server.Configure("ATOLL__STORE__CONNECTIONSTRING", database.ConnectionString);
        await StartAsync();
        var id = await CreateAsync(Container);

        // Stands in the queue for the lock, so that it is the next to have it.
        await using (var other = database.Hold("SELECT pg_advisory_lock(1096044364, 1)"))
        {
            await Eventually.HoldsAsync("it waits", async () => await database.AskAsync("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", Cancellation) == "t", Cancellation);
            await database.AskAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted", Cancellation);
            Assert.Equal(5, await Server.WaitForExitAsync(Cancellation));
        }

        AssertOneLine((5, Server.ReadLog()), 5, "Another server has this database");
        await StartAsync();
        await ShellAsync(id, "true");
    }

    [Theory]
    [InlineData("Server:Url", "ftp://nowhere")]
    [InlineData("Server:Url", "http://example.com:80")]
    [InlineData("Server:Limits:Connections", "0")]
    [InlineData("Server:Limits:Connections", "many")]
    [InlineData("Machine:Instance", "Far-too-long-a-name")]
    [InlineData("Machine:StateDirectory", "relative/path")]
    [InlineData("Machine:RuntimeDirectory", "run")]
    [InlineData("Network:AddressRange", "10.0.0.0")]
    [InlineData("Network:AddressRange", "8.8.8.0/24")]
    [InlineData("Network:ReadySlots", "-1")]
    [InlineData("Network:DrainTime", "soon")]
    [InlineData("Storage:Kind", "floppy")]
    [InlineData("Sandboxes:Defaults:Isolation", "none")]
    [InlineData("Sandboxes:Defaults:MemoryMiB", "1")]
    [InlineData("Sandboxes:MaxLiving", "-5")]
    public async Task Serve_WithAnInvalidValue_NamesTheKey(string key, string value) =>
        AssertOneLine(await Server.RunAsync(["serve", $"--{key}", value], Cancellation), 3, key);

    [Fact]
    public async Task Serve_WithSeveralMistakes_NamesAllOfOneSection()
    {
        var (code, output) = await Server.RunAsync(["serve", "--Server:ShutdownSeconds", "-1", "--Server:Limits:HeaderSeconds", "0"], Cancellation);
        Assert.Equal(3, code);
        Assert.Contains("Server:ShutdownSeconds", output);
        Assert.Contains("Server:Limits:HeaderSeconds", output);
    }

    [Fact]
    public async Task Serve_OnAPortInUse_NamesTheKey()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        AssertOneLine(await Server.RunAsync(["serve", "--Server:Url", $"http://127.0.0.1:{port}"], Cancellation), 4, "Server:Url");
    }

    [Fact]
    public async Task Serve_OnAnAddressOfAnotherHost_NamesTheKey() =>
        AssertOneLine(await Server.RunAsync(["serve", "--Server:Url", "http://192.0.2.1:7800"], Cancellation), 4, "Server:Url");

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("sweep")]
    [InlineData("sweep", "--everything")]
    [InlineData("prepare", "--template", "windows")]
    public async Task Verb_NotUnderstood_SaysWhatIs(params string[] arguments) => AssertOneLine(await Server.RunAsync(arguments, Cancellation), 2, "atoll-server:");

    /// <summary>One line of ours; lines of the log (JSON) may come before it, but none of a stack.</summary>
    private static void AssertOneLine((int Code, string Output) ended, int code, string named)
    {
        Assert.True(ended.Code == code, $"expected {code}, got {ended.Code}: {ended.Output}");
        var lines = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('{')).ToList();
        Assert.True(lines.Count == 1 && lines[0].StartsWith("atoll-server: ", StringComparison.Ordinal), ended.Output);
        Assert.Contains(named, lines[0]);
        Assert.DoesNotContain("   at ", ended.Output);
        Assert.DoesNotContain("Exception", ended.Output);
    }
}
