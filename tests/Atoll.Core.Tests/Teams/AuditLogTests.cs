using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Store;
using Atoll.Core.Teams.Audit;
using Atoll.Core.Tests.Fakes;
using Atoll.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static Atoll.Core.Tests.Fakes.TestCore;

namespace Atoll.Core.Tests.Teams;

public sealed class AuditLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_ThenStop_NothingIsLostAndPagesAreInOrder()
    {
        await using var core = await StartAsync();
        for (var i = 0; i < 1234; i++) await core.Audit.AddAsync(Entry(core, $"r{i}") with { KeyId = i % 2 == 0 ? "key_even" : "key_odd" });

        await core.StopHostAsync();
        await core.StartHostAsync();

        List<string> ids = [];
        string? cursor = null;
        do
        {
            var page = Expect(await core.Audit.ReadAsync(Query with { Limit = 500, Cursor = cursor }, Cancellation));
            ids.AddRange(page.Entries.Select(x => x.RequestId));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Range(0, 1234).Reverse().Select(i => $"r{i}"), ids);
        Assert.Equal(617, Expect(await core.Audit.ReadAsync(Query with { Actor = "key_odd" }, Cancellation)).Entries.Count);
    }

    [Fact]
    public async Task Read_Filtered_OnlyWhatWasAskedFor()
    {
        await using var core = await StartAsync();
        var start = core.Clock.GetUtcNow();
        await core.Audit.AddAsync(Entry(core, "old") with { UserId = "user_a" });
        core.Clock.Advance(TimeSpan.FromSeconds(10));
        await core.Audit.AddAsync(Entry(core, "new") with { Action = "exec" });
        await core.Audit.AddAsync(Entry(core, "other") with { Team = OtherTeam.Value });
        await core.Audit.AddAsync(Entry(core, "nobody") with { Team = null });
        await WrittenAsync(core, 4);

        Assert.Equal(["new", "old"], await IdsAsync(core, Query));
        Assert.Equal(["new"], await IdsAsync(core, Query with { Since = start.AddSeconds(10) }));
        Assert.Equal(["old"], await IdsAsync(core, Query with { Until = start.AddSeconds(10) }));
        Assert.Equal(["old"], await IdsAsync(core, Query with { Actor = "user_a" }));
        Assert.Equal(["new"], await IdsAsync(core, Query with { Action = "exec" }));
        Assert.Equal(4, (await IdsAsync(core, Query with { Team = null })).Count);
        foreach (var wrong in new[] { "x", "1", "1-", "-1", "99999999999999999999-1", "1-2-3" })
            ExpectFault(await core.Audit.ReadAsync(Query with { Cursor = wrong }, Cancellation), FaultCode.InvalidRequest);
    }

    [Fact]
    public async Task Add_DatabaseLocked_KeepsWhatFitsAndCountsTheRest()
    {
        await using var core = await StartAsync(store => store.BusyTimeoutSeconds = 1, audit: options => (options.QueueLength, options.PatienceMilliseconds) = (10, 0));
        await using (var other = new SqliteConnection($"Data Source={core.DatabasePath};Pooling=False"))
        {
            await other.OpenAsync(Cancellation);
            await using var locking = other.CreateCommand();
            locking.CommandText = "BEGIN IMMEDIATE";
            await locking.ExecuteNonQueryAsync(Cancellation);
            for (var i = 0; i < 600; i++) await core.Audit.AddAsync(Entry(core, $"r{i}"));
            Assert.True(core.Audit.Figures.Dropped > 0);
        }

        await core.AdvanceUntilAsync("all that was kept is written", TimeSpan.FromSeconds(1), () => core.Audit.Figures is { Waiting: 0 } figures && figures.Written + figures.Dropped == 600);
        Assert.True(core.Audit.Figures.Written >= 10);
    }

    [Fact]
    public async Task Clean_OldAndTooMany_Go()
    {
        await using var core = await StartAsync(audit: options => (options.Days, options.Kept) = (90, 3));
        await core.Audit.AddAsync(Entry(core, "old"));
        await core.StopHostAsync();
        core.Clock.Advance(TimeSpan.FromDays(91));
        await core.StartHostAsync();
        for (var i = 0; i < 3; i++) await core.Audit.AddAsync(Entry(core, $"r{i}"));
        await WrittenAsync(core, 3);

        await CleanAsync(core);
        Assert.Equal(["r2", "r1", "r0"], await IdsAsync(core, Query));
        await core.Audit.AddAsync(Entry(core, "r3"));
        await WrittenAsync(core, 4);
        await CleanAsync(core);
        Assert.Equal(["r3", "r2", "r1"], await IdsAsync(core, Query));
    }

    [Fact]
    public async Task Start_AfterAServerThatWasKilled_WritesWhatItHadNotAndNothingTwice()
    {
        await using var core = await StartAsync();
        AuditEntry[] entries = [.. Enumerable.Range(0, 700).Select(i => Entry(core, $"r{i}") with { At = core.Clock.GetUtcNow().AddSeconds(i) })];
        foreach (var entry in entries[..300]) await core.Audit.AddAsync(entry);
        await WrittenAsync(core, 300);
        await core.StopHostAsync();
        Assert.Empty(Directory.GetFiles(core.AuditFolder));

        // Killed after the database had the first 300, before it had the rest, and in the middle of a line.
        AuditJournal killed = new(Options.Create(new AuditOptions { JournalFolder = core.AuditFolder }), core.Clock, NullLogger<AuditJournal>.Instance);
        foreach (var entry in entries) Assert.NotNull(killed.Add(entry));
        await File.AppendAllTextAsync(Directory.GetFiles(core.AuditFolder).Single(), """{"Sequence":0,"At":"20""", Cancellation);
        await core.StartHostAsync();

        await WrittenAsync(core, 400);
        Assert.Equal(0, core.Audit.Figures.Waiting);
        Assert.Equal(entries.Reverse().Select(x => x.RequestId), await IdsAsync(core, Query));
        Assert.Equal(entries[^1] with { Sequence = 700 }, Expect(await core.Audit.ReadAsync(Query with { Limit = 1 }, Cancellation)).Entries[0]);
        await core.StopHostAsync();
        Assert.Empty(Directory.GetFiles(core.AuditFolder));
    }

    [Fact]
    public async Task Journal_OfManyEntries_HoldsLittleMoreThanWhatWaits()
    {
        await using var core = await StartAsync();
        for (var i = 0; i < 20_000; i++) await core.Audit.AddAsync(Entry(core, $"r{i}"));
        await WrittenAsync(core, 20_000);
        await Eventually.HoldsAsync("its files are empty", () => Directory.GetFiles(core.AuditFolder) is [var file] && new FileInfo(file).Length == 0, Cancellation);
    }

    [Fact]
    public async Task Journal_DiskFull_EntriesReachTheDatabaseAllTheSame()
    {
        using TinyDisk disk = new(1);
        await using var core = await StartAsync(audit: options => options.JournalFolder = Path.Combine(disk.Folder, "audit"));
        disk.Fill();
        for (var i = 0; i < 20; i++) await core.Audit.AddAsync(Entry(core, $"r{i}"));
        await WrittenAsync(core, 20);
        disk.Free();
        for (var i = 20; i < 40; i++) await core.Audit.AddAsync(Entry(core, $"r{i}"));
        await WrittenAsync(core, 40);
        Assert.Equal(Enumerable.Range(0, 40).Reverse().Select(i => $"r{i}"), await IdsAsync(core, Query));
    }

    private static AuditQuery Query { get; } = new(Team, null, null, null, null, 1000, null);

    private static AuditEntry Entry(TestCore core, string request) => new(0, core.Clock.GetUtcNow(), Team.Value, "key_1", null, "createSandbox", "s1", 201, null, "127.0.0.1", "test", request);

    private static async Task<IReadOnlyList<string>> IdsAsync(TestCore core, AuditQuery query) => [.. Expect(await core.Audit.ReadAsync(query, Cancellation)).Entries.Select(x => x.RequestId)];

    private static Task WrittenAsync(TestCore core, long count) => Eventually.HoldsAsync($"{count} entries are written", () => core.Audit.Figures.Written == count, Cancellation);

    private static Task CleanAsync(TestCore core) => core.Services.GetServices<ICoreLoop>().OfType<Janitor>().Single().CleanAsync(Cancellation);
}
