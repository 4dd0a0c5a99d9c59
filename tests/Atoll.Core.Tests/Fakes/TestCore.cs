using Atoll.Core.Checkpoints;
using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Hosting;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Teams;
using Atoll.Core.Teams.Audit;
using Atoll.Core.Volumes;
using Atoll.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Core.Tests.Fakes;

/// <summary>All of Core in a real host: a real silo, a real SQLite file, a fake machine and a fake clock. It can be stopped, killed and started again on the same file.</summary>
internal sealed class TestCore : IAsyncDisposable
{
    public static readonly TeamId Team = new("team_aaaaaaaaaaaaaaaa");
    public static readonly TeamId OtherTeam = new("team_bbbbbbbbbbbbbbbb");
    private readonly Scratch _scratch = new();
    private readonly TestDatabase? _database;
    private readonly Action<StoreOptions>? _store;
    private readonly Action<SandboxOptions>? _sandboxes;
    private readonly Action<TeamOptions>? _teams;
    private readonly Action<AuditOptions>? _audit;
    private IHost? _host;

    private TestCore(TestDatabase? database, Action<StoreOptions>? store, Action<SandboxOptions>? sandboxes, Action<TeamOptions>? teams, Action<AuditOptions>? audit) =>
        (_database, _store, _sandboxes, _teams, _audit) = (database, store, sandboxes, teams, audit);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What the server takes for the time: the clock, but for jumps that a test lets it make.</summary>
    public JumpingTime Time => field ??= new(Clock);

    public FakeMachine Machine { get; } = new();

    public FakeDisks Disks { get; } = new();

    public FakeStreams Streams => field ??= new(Disks);

    public FakeMemories Memories => field ??= new(Disks);
    public FakeVolumes VolumeDisks { get; } = new();

    public FakeStore Store { get; set; } = new();

    /// <summary>What the database does not say rightly.</summary>
    public DatabaseDoubts Database { get; } = new();

    /// <summary>Whether files with memory may be uploaded, from the next start on.</summary>
    public bool UploadedMemory { get; set; }

    public string DatabasePath => _scratch.PathOf("atoll.db");

    public string AuditFolder => _scratch.PathOf("audit");

    public IServiceProvider Services => _host?.Services ?? throw new InvalidOperationException("The server is down.");

    public ISandboxes Sandboxes => Services.GetRequiredService<ISandboxes>();

    public ILeases Leases => Services.GetRequiredService<ILeases>();

    public ICheckpoints Checkpoints => Services.GetRequiredService<ICheckpoints>();

    public ICheckpointTransfers Transfers => Services.GetRequiredService<ICheckpointTransfers>();

    public IExports Exports => Services.GetRequiredService<IExports>();

    public IVolumes Volumes => Services.GetRequiredService<IVolumes>();

    public IEvents Events => Services.GetRequiredService<IEvents>();

    public IKeys Keys => Services.GetRequiredService<IKeys>();

    public IUsers Users => Services.GetRequiredService<IUsers>();

    public IAuditLog Audit => Services.GetRequiredService<IAuditLog>();

    public ITeams Teams => Services.GetRequiredService<ITeams>();

    /// <summary>On a SQLite file of its own.</summary>
    public static Task<TestCore> StartAsync(
        Action<StoreOptions>? store = null, Action<SandboxOptions>? sandboxes = null, Action<TeamOptions>? teams = null, Action<AuditOptions>? audit = null) =>
        StartOnAsync(null, store, sandboxes, teams, audit);

    /// <summary>On a database of its own, which is dropped at its end; null is a SQLite file.</summary>
    internal static async Task<TestCore> StartOnAsync(
        TestDatabase? database, Action<StoreOptions>? store = null, Action<SandboxOptions>? sandboxes = null, Action<TeamOptions>? teams = null, Action<AuditOptions>? audit = null)
    {
        TestCore core = new(database, store, sandboxes, teams, audit);
        core.Machine.Clock = core.Time;
        try
        {
            await core.StartHostAsync();
            return core;
        }
        catch
        {
            await core.DisposeAsync();
            throw;
        }
    }

    public async Task StartHostAsync()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IMachine>(Machine);
        builder.Services.AddSingleton<ISandboxSleep>(Machine);
        builder.Services.AddSingleton<ISavedDisks>(Disks);
        builder.Services.AddSingleton<IDiskStreams>(Streams);
        builder.Services.AddSingleton<IMemoryStreams>(Memories);
        builder.Services.AddSingleton<IObjectStore>(Store);
        builder.Services.Configure<ExportOptions>(options => options.UploadedMemory = UploadedMemory);
        builder.Services.AddSingleton<IVolumeDisks>(VolumeDisks);
        builder.Services.AddAtollCore();
        var engine = builder.Services.Last(service => service.ServiceType == typeof(IStoreEngine));
        builder.Services.Remove(engine);
        builder.Services.AddSingleton<IStoreEngine>(services => new DoubtfulEngine((IStoreEngine)engine.ImplementationFactory!(services), Database));
        builder.Services.Configure<StoreOptions>(options =>
        {
            options.ConnectionString = _database?.ConnectionString ?? $"Data Source={DatabasePath}";
            _store?.Invoke(options);
        });
        if (_teams is not null) builder.Services.Configure(_teams);
        builder.Services.Configure<AuditOptions>(options => options.JournalFolder = AuditFolder);
        if (_audit is not null) builder.Services.Configure(_audit);
        if (_sandboxes is not null) builder.Services.Configure(_sandboxes);
        builder.UseOrleans(silo => silo.UseAtollCluster());
        var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            host.Dispose();
            throw;
        }

        _host = host;
    }

    /// <summary>As SIGTERM does. Connections that are kept open end with their process.</summary>
    public async Task StopHostAsync()
    {
        if (_host is null) return;
        using var context = Services.GetRequiredService<IStoreEngine>().Contexts.CreateDbContext();
        var kept = context.Database.GetDbConnection();
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _host = null;

        // This pool alone: other tests' connections have been told things that new ones do not know.
        if (kept is SqliteConnection connection) SqliteConnection.ClearPool(connection);
    }

    public async Task<Sandbox> CreateAsync(SandboxRequest? request = null, TeamId? team = null)
    {
        var created = await Sandboxes.CreateAsync(team ?? Team, request ?? new(), null, true, TestContext.Current.CancellationToken);
        return Expect(created);
    }

    public async Task<Sandbox> GetAsync(SandboxId id) => Expect(await Sandboxes.GetAsync(Team, id.Value, TestContext.Current.CancellationToken));

    public async Task<IReadOnlyList<SandboxEvent>> EventsAsync(SandboxId? id = null) =>
        await Events.ListAsync(Team, id, 0, 10_000, TestContext.Current.CancellationToken);

    /// <summary>Moves the clock and waits for what it sets off.</summary>
    public async Task AdvanceUntilAsync(string what, TimeSpan step, Func<bool> condition)
    {
        await Eventually.HoldsAsync(
            what,
            () =>
            {
                if (condition()) return true;
                Clock.Advance(step);
                return condition();
            },
            TestContext.Current.CancellationToken);
    }

    public static T Expect<T>(Result<T> result)
    {
        Assert.True(result.TryGet(out var value, out var fault), fault?.ToString() + " " + string.Join("; ", fault?.Fields.Select(x => $"{x.Key}: {x.Value}") ?? []));
        return value!;
    }

    public static Fault ExpectFault<T>(Result<T> result, FaultCode code)
    {
        var fault = Assert.IsType<Fault>(result.Fault);
        Assert.Equal(code, fault.Code);
        return fault;
    }

    /// <summary>The first key of the installation, as whoever it belongs to.</summary>
    public async Task<(CreatedKey Key, KeyHolder Caller)> FirstAsync()
    {
        var first = (await Keys.EnsureFirstAsync(TestContext.Current.CancellationToken))!;
        return (first, Expect(await Keys.AuthenticateAsync(first.Secret, TestContext.Current.CancellationToken)));
    }

    public async ValueTask DisposeAsync()
    {
        await StopHostAsync();
        if (_database is not null) await _database.DisposeAsync();
        _scratch.Dispose();
    }
}
