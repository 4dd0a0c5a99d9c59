using System.Net;
using Atoll.Hostile.Tests.Kit;
using Atoll.Testing;
using Microsoft.Data.Sqlite;

namespace Atoll.Hostile.Tests.Control;

/// <summary>Attacks 62 and 63, and a runtime that is gone: what the server needs is taken, and what lives goes on.</summary>
public sealed class LossTests(HostileServer shared) : OwnServerTest(shared)
{
    // As long as it may be told to wait for its database, twice.
    private const string Patience = "1";

    [Fact]
    public async Task Attack62_SecondServerOnOneStateDirectory_IsRefused()
    {
        await StartAsync(Isolations);
        var ids = new[] { await CreateAsync("container"), await CreateAsync("gvisor") };
        await BesideNeighbourAsync(ids[0], async () =>
        {
            for (var i = 0; i < 2; i++)
            {
                var (code, output) = await Server.RunAsync(["serve", "--Server:Url", "http://127.0.0.1:0"], Cancellation);
                Assert.True(code == 5 && output.Contains(Server.StateDirectory, StringComparison.Ordinal), $"{code}: {output}");
            }

            Assert.NotEqual(0, (await Server.RunAsync(["sweep", "--all"], Cancellation)).Code);
        });
        foreach (var id in ids) await ShellAsync(id, "true");
        Assert.Equal(ids.Order(), (await RunningAsync()).Order());
    }

    [Fact]
    public async Task Attack63_DatabaseLockedByAnother_RunningSandboxesGoOn()
    {
        Server.Configure("ATOLL__STORE__BUSYTIMEOUTSECONDS", Patience);
        await StartAsync(Isolations);
        var ids = new[] { await CreateAsync("container"), await CreateAsync("gvisor") };
        await BesideNeighbourAsync(ids[1], async () =>
        {
            await using var database = new SqliteConnection($"Data Source={Path.Combine(Server.StateDirectory, "atoll.db")};Pooling=False");
            await database.OpenAsync(Cancellation);
            await ExecuteAsync(database, "BEGIN IMMEDIATE");
            var create = Api.PostAsync("/v1/sandboxes", HostileServer.Body("container"), Cancellation);
            foreach (var id in ids) await ShellAsync(id, "true");
            Assert.Equal(HttpStatusCode.OK, (await Api.GetAsync("/healthz", Cancellation)).Status);
            (await create.WaitAsync(TimeSpan.FromMinutes(1), Cancellation)).ShouldBe(HttpStatusCode.ServiceUnavailable, "store_unavailable");
            foreach (var id in ids) await ShellAsync(id, "true");
            await ExecuteAsync(database, "ROLLBACK");
        });
        var after = await CreateAsync("container");
        await ShellAsync(after, "true");
        await NothingIsLeftBesidesAsync([.. await RunningAsync()]);
    }

    /// <summary>Taken away while the server runs: creates say so, what lives can be used and deleted, nothing is left of what was tried.</summary>
    [Fact]
    public async Task RuntimeProgram_Missing_SaysSoAndLeavesNothing()
    {
        Requires.Tool("runsc");
        var program = Path.Combine(Path.GetDirectoryName(Server.StateDirectory)!, "runsc");
        File.Copy(HostPath("runsc"), program);
        Server.Configure("ATOLL__ISOLATION__RUNSCPATH", program);
        await StartAsync(Isolations);
        var ids = new[] { await CreateAsync("container"), await CreateAsync("gvisor") };
        await BesideNeighbourAsync(ids[0], async () =>
        {
            File.Delete(program);
            var answer = await Api.PostAsync("/v1/sandboxes", HostileServer.Body("gvisor"), Cancellation);
            answer.ShouldBe(HttpStatusCode.NotImplemented, "isolation_unavailable");
            Assert.True(answer.Text.Contains(program, StringComparison.Ordinal) && answer.Text.Contains("hint", StringComparison.Ordinal) && !answer.Text.Contains("errno", StringComparison.Ordinal), answer.Text);
            await ShellAsync(ids[1], "true");
        });
        await DeleteAsync(ids[1]);
        await NothingIsLeftBesidesAsync([ids[0]]);
    }

    [Fact]
    public async Task RuntimeProgram_MissingAtTheStart_IsAnUnavailableIsolation()
    {
        Server.Configure("ATOLL__ISOLATION__RUNSCPATH", "/nonexistent/runsc");
        await StartAsync("container");
        (await Api.PostAsync("/v1/sandboxes", HostileServer.Body("gvisor"), Cancellation)).ShouldBe(HttpStatusCode.NotImplemented, "isolation_unavailable");
        await ShellAsync(await CreateAsync("container"), "true");
    }

    private static string HostPath(string tool) => (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);

    private static async Task ExecuteAsync(SqliteConnection database, string sql)
    {
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
