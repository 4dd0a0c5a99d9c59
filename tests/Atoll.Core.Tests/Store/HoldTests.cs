using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Store;

/// <summary>One PostgreSQL database is one server's.</summary>
public sealed class HoldTests(PostgresServer server)
{
    private const string Holders = "FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_DatabaseOfAnotherServer_IsRefusedByNameAndTheFirstGoesOn()
    {
        await using var database = await server.NewDatabaseAsync(Cancellation);
        await using var first = await StartOnAsync(new(database.ConnectionString, () => Task.CompletedTask), Quick);

        var refused = await Assert.ThrowsAsync<MachineUnavailableException>(() => StartOnAsync(new(database.ConnectionString, () => Task.CompletedTask), Quick));

        Assert.Contains($"atoll-server, process {Environment.ProcessId} on {Environment.MachineName}", refused.Fault.Detail, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", refused.Fault.Detail, StringComparison.Ordinal);
        await first.CreateAsync();
        await first.StopHostAsync();
        await first.StartHostAsync();
    }

    [Fact]
    public async Task Connection_Lost_IsTakenAgainBeforeTheNextChange()
    {
        await using var core = await StartOnAsync(await server.NewDatabaseAsync(Cancellation), Quick);
        await using var other = await ConnectAsync(core);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1L, await AskAsync(other, $"SELECT count(pg_terminate_backend(pid)) {Holders}"));
            await Eventually.HoldsAsync("it is had again", async () => (long)(await AskAsync(other, $"SELECT count(*) {Holders}"))! == 1, Cancellation);
            await core.CreateAsync();
        }

        Assert.Null(core.Services.GetRequiredService<ServerEnd>().Reason);
    }

    [Fact]
    public async Task Connection_LostToAnother_ChangesAreRefusedAndTheServerEnds()
    {
        await using var core = await StartOnAsync(await server.NewDatabaseAsync(Cancellation), Quick);
        var end = core.Services.GetRequiredService<ServerEnd>();
        await using var asking = await ConnectAsync(core);
        await using var other = await ConnectAsync(core);

        // Stands in the queue for the lock, so that nobody else can have it first.
        var waiting = AskAsync(other, "SELECT pg_advisory_lock(1096044364, 1)");
        await Eventually.HoldsAsync("it waits", async () => (long)(await AskAsync(asking, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))! > 0, Cancellation);
        await AskAsync(asking, $"SELECT count(pg_terminate_backend(pid)) {Holders}");
        await waiting;

        await Eventually.HoldsAsync("it ends", () => end.Reason is not null, Cancellation);
        Assert.Contains("Another server has this database: the other", end.Reason!.Detail, StringComparison.Ordinal);
        Assert.False((await core.Sandboxes.CreateAsync(Team, new(), null, true, Cancellation)).Succeeded);
        Assert.Equal(FaultCode.StoreUnavailable, end.Reason.Code);
        Assert.True(core.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    private static void Quick(Core.Store.StoreOptions options) => options.BusyTimeoutSeconds = 2;

    private static async Task<NpgsqlConnection> ConnectAsync(Fakes.TestCore core)
    {
        var options = core.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Core.Store.StoreOptions>>().Value;
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(options.ConnectionString) { Pooling = false, ApplicationName = "the other" }.ToString());
        await connection.OpenAsync(Cancellation);
        return connection;
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The tests' own.
        await using NpgsqlCommand command = new(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(Cancellation);
    }
}
