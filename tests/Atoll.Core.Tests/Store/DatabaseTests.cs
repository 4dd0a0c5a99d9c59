using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Tests.Fakes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Store;

public sealed class DatabaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_DatabaseLocked_FaultNothingStartedAndGoesOnAfter()
    {
        await using var core = await StartAsync(store => store.BusyTimeoutSeconds = 1);
        var sandbox = await core.CreateAsync(new() { Name = "web" });
        using (Lock(core))
        {
            AssertState(await core.Sandboxes.CreateAsync(Team, new(), null, true, Cancellation));
            AssertState(await core.Sandboxes.UpdateAsync(Team, "web", new() { Name = "x" }, Cancellation));
            AssertState(await core.Sandboxes.DeleteAsync(Team, "web", Cancellation));
            Expect(core.Sandboxes.Use(Team, "web")).Dispose();
            Assert.Equal(sandbox, await core.GetAsync(sandbox.Id));
            Assert.Single(core.Machine.Live);
        }

        await core.CreateAsync();
        Expect(await core.Sandboxes.DeleteAsync(Team, "web", Cancellation));
    }

    [Fact]
    public async Task Create_LockedWhenRunningIsSaved_RemovedAgainAndFailed()
    {
        await using var core = await StartAsync(store => store.BusyTimeoutSeconds = 1);
        SqliteConnection? held = null;
        core.Machine.OnStart = (_, _) =>
        {
            held = Lock(core);
            return Task.FromResult<Fault?>(null);
        };

        AssertState(await core.Sandboxes.CreateAsync(Team, new() { Name = "web" }, null, true, Cancellation));

        Assert.Empty(core.Machine.Live);
        held!.Dispose();
        await core.AdvanceUntilAsync("its failure is saved", TimeSpan.FromSeconds(5), () => core.Sandboxes.Use(Team, "web").Fault?.Code is FaultCode.SandboxNotFound);
        core.Machine.OnStart = (_, _) => Task.FromResult<Fault?>(null);
        await core.CreateAsync(new() { Name = "web" });
    }

    [Fact]
    public async Task Exit_DatabaseLocked_FreedAtOnceAndRecordedLater()
    {
        await using var core = await StartAsync(store => store.BusyTimeoutSeconds = 1);
        var sandbox = await core.CreateAsync();
        using (Lock(core))
        {
            core.Machine.Exit(sandbox.Id, EndReason.OutOfMemory);
            await Atoll.Testing.Eventually.HoldsAsync("it is freed", () => core.Machine.Live.Count == 0, Cancellation);
            ExpectFault(core.Sandboxes.Use(Team, sandbox.Id.Value), FaultCode.SandboxStopped);
        }

        await core.AdvanceUntilAsync("it is recorded", TimeSpan.FromSeconds(5), () => core.GetAsync(sandbox.Id) is { IsCompletedSuccessfully: true } read && read.GetAwaiter().GetResult().State is SandboxState.Stopped);
        Assert.Equal(EndReason.OutOfMemory, (await core.GetAsync(sandbox.Id)).Reason);
    }

    [Fact]
    public async Task Create_DatabaseFull_FaultThatSaysSo()
    {
        await using var core = await StartAsync();
        await core.CreateAsync();

        // No more pages than there are, which fails with the code of a full disk.
        await EveryConnection.TellAsync(core, "PRAGMA max_page_count=1", Cancellation);

        var (fault, _) = await RefusedAsync(core, new() { Env = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("A", new('x', 120_000)) });
        Assert.Contains("full", fault.Detail, StringComparison.Ordinal);
        Expect(await core.Sandboxes.ListAsync(Team, Sandboxes.LifecycleTests.Everything, Cancellation));
    }

    [Fact]
    public async Task Create_DatabaseReadOnly_FaultThatSaysSo()
    {
        await using var core = await StartAsync();
        await core.CreateAsync();

        // A test may run as root, to whom no file is read-only: connections are told that they may not write, which fails with the same code.
        await EveryConnection.TellAsync(core, "PRAGMA query_only=ON", Cancellation);

        var (fault, made) = await RefusedAsync(core, new());
        Assert.Contains("read-only", fault.Detail, StringComparison.Ordinal);
        Assert.Equal(1 + made, Expect(await core.Sandboxes.ListAsync(Team, Sandboxes.LifecycleTests.Everything, Cancellation)).Items.Count);
    }

    [Fact]
    public async Task Open_EveryConnection_JournalAndWaitsAsPromised()
    {
        await using var core = await StartAsync(store => store.BusyTimeoutSeconds = 3);
        using var context = core.Services.GetRequiredService<IStoreEngine>().Contexts.CreateDbContext();
        Assert.Equal(["wal"], await context.Database.SqlQueryRaw<string>("SELECT journal_mode AS \"Value\" FROM pragma_journal_mode").ToListAsync(Cancellation));
        Assert.Equal([1], await context.Database.SqlQueryRaw<int>("SELECT synchronous AS \"Value\" FROM pragma_synchronous").ToListAsync(Cancellation));
        Assert.Equal([1], await context.Database.SqlQueryRaw<int>("SELECT foreign_keys AS \"Value\" FROM pragma_foreign_keys").ToListAsync(Cancellation));
        var wait = await context.Database.SqlQueryRaw<int>("SELECT timeout AS \"Value\" FROM pragma_busy_timeout").ToListAsync(Cancellation);
        Assert.Equal([3000], wait);
    }

    [Fact]
    public async Task Start_BadOptions_EveryMistakeAtOnce()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            store =>
            {
                store.BusyTimeoutSeconds = 0;
                store.EventsKept = 0;
            }));
        Assert.Equal(2, failure.Failures.Count());
        var sandboxes = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(null, options =>
        {
            options.MemoryOvercommit = double.NaN;
            options.Defaults.Cpu = 0;
        }));
        Assert.Equal(2, sandboxes.Failures.Count());
    }

    /// <summary>The fault of a create, and how many came through before it: on a connection that a loop held while all others were told.</summary>
    private static async Task<(Fault Fault, int Made)> RefusedAsync(TestCore core, SandboxRequest request)
    {
        for (var made = 0; ; made++)
        {
            var created = await core.Sandboxes.CreateAsync(Team, request, null, true, Cancellation);
            if (made == 20 || !created.Succeeded) return (AssertState(created), made);
        }
    }

    private static Fault AssertState<T>(Result<T> result)
    {
        var fault = ExpectFault(result, FaultCode.StoreUnavailable);
        Assert.Equal((FaultSide.Host, FaultStage.State), (fault.Side, fault.Stage));
        return fault;
    }

    private static SqliteConnection Lock(TestCore core)
    {
        SqliteConnection connection = new($"Data Source={core.DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }
}
