using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Warm;
using Atoll.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Machine.Tests.Warm;

/// <summary>The rules of the pool, on a clock of the test's own.</summary>
public sealed class WarmPoolTests : IAsyncDisposable
{
    private static readonly MachineDescription Host = new("test", ImmutableArray<IsolationSupport>.Empty, "btrfs", 4, 8L << 30, new(4, 8192, 10240, 1024));
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeMaker _maker = new();
    private readonly WarmOptions _options = new() { Floor = 2, Ceiling = 5, Quiet = TimeSpan.Zero };
    private WarmShelves? _shelves;
    private WarmRefiller? _refiller;
    private WarmPool? _pool;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_Floor_IsFilled()
    {
        Open();
        await ReadyAsync(2);
        Assert.All(_maker.Made, key => Assert.Equal(new WarmKey("default", IsolationKind.GVisor, 1, 1024), key));
    }

    [Fact]
    public async Task Reserve_Ready_GivesEachOnceAndRefills()
    {
        // By this clock: nothing is made between the three.
        _options.Quiet = TimeSpan.FromSeconds(2);
        Open();
        await ReadyAsync(2);

        var (one, two, three) = (_pool!.Reserve(Spec()), _pool.Reserve(Spec()), _pool.Reserve(Spec()));

        Assert.Equal((true, true, false), (one.Ready, two.Ready, three.Ready));
        Assert.Equal(3, new[] { one.Id, two.Id, three.Id }.Distinct().Count());
        Assert.True(_pool.TryClaim(one.Id, out var claimed) && claimed.Id == one.Id);
        Assert.False(_pool.TryClaim(one.Id, out _));
        await Eventually.HoldsAsync("3 are ready", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return _pool.Status is [{ Ready: 3 }];
        }, Cancellation);
    }

    [Fact]
    public async Task Reserve_Unreserved_IsGivenAgain()
    {
        _options.Quiet = TimeSpan.FromSeconds(2);
        Open();
        await ReadyAsync(2);
        var first = _pool!.Reserve(Spec());

        _pool.Unreserve(first.Id);

        Assert.Equal(first, _pool.Reserve(Spec()));
    }

    [Fact]
    public async Task Reserve_AnotherSize_GVisorIsColdAndContainerIsNot()
    {
        _options.Keep.Add(new() { Isolation = IsolationKind.Container, Count = 1 });
        Open();
        await ReadyAsync(3);

        Assert.False(_pool!.Reserve(Spec(memoryMiB: 2048)).Ready);
        Assert.True(_pool.Reserve(Spec(IsolationKind.Container, memoryMiB: 2048)).Ready);
    }

    [Fact]
    public async Task Demand_Burst_IsKeptUpToTheCeilingAndForgotten()
    {
        Open();
        await ReadyAsync(2);
        for (var i = 0; i < 20; i++) _pool!.Reserve(Spec(IsolationKind.Container));
        await ReadyAsync(5, IsolationKind.Container);

        _clock.Advance(_options.Memory + TimeSpan.FromSeconds(20));

        await Eventually.HoldsAsync("the burst is forgotten", () => _pool!.Status is [{ Isolation: IsolationKind.GVisor, Ready: 2 }], Cancellation);
        Assert.Equal(5, _maker.Discarded.Count);
    }

    [Fact]
    public async Task Demand_OfANewKind_IsRememberedFromTheFirst()
    {
        Open();
        await ReadyAsync(2);

        // Sixty kinds: the refiller looks while they come.
        for (var memory = 1; memory <= 60; memory++) _pool!.Reserve(Spec(memoryMiB: 2048 + memory));

        Assert.Equal(60, _pool!.Status.Count(status => status is { MemoryMiB: > 2048, Target: 1 }));
    }

    [Fact]
    public void Disabled_KeepsAndShowsNothing()
    {
        _options.Enabled = false;
        Open();
        Assert.False(_pool!.Reserve(Spec()).Ready);
        Assert.Empty(_pool.Status);
    }

    [Fact]
    public async Task Memory_Budget_IsNotExceeded()
    {
        _options.MemoryMiB = 256;
        _maker.MemoryBytes = 100 << 20;
        _options.Floor = 5;
        Open();
        await ReadyAsync(2);
        Assert.Equal(200L << 20, Assert.Single(_pool!.Status).MemoryBytes);
    }

    [Fact]
    public async Task Died_OnItsShelf_IsFreedAndMadeAnew()
    {
        Open();
        await ReadyAsync(2);
        var doomed = _pool!.Reserve(Spec());
        _pool.Unreserve(doomed.Id);

        _maker.Kill(doomed.Id);

        await Eventually.HoldsAsync("it is freed", () => _maker.Discarded.Contains(doomed.Id), Cancellation);
        await ReadyAsync(2);
    }

    [Fact]
    public async Task Died_WhileReserved_IsNotHandedOver()
    {
        Open();
        await ReadyAsync(2);
        var doomed = _pool!.Reserve(Spec());
        _maker.Kill(doomed.Id);
        await Eventually.HoldsAsync("its end is known", () => _pool.IsDead(doomed.Id), Cancellation);

        Assert.False(_pool.TryClaim(doomed.Id, out _));
    }

    [Fact]
    public async Task Failure_Rests_ThenTriesAgain()
    {
        _maker.Refuses = new Fault(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, "No.");
        Open();
        await Eventually.HoldsAsync("it was tried", () => _maker.Made.Count == 2, Cancellation);
        _maker.Refuses = null;

        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, _maker.Made.Count);
        await Eventually.HoldsAsync("it is tried again", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            return _pool!.Status is [{ Ready: 2 }];
        }, Cancellation);
    }

    [Fact]
    public async Task Dispose_DiscardsAll()
    {
        Open();
        await ReadyAsync(2);

        await _refiller!.DisposeAsync();
        _refiller = null;

        Assert.Equal(2, _maker.Discarded.Count);
    }

    [Fact]
    public void Options_Unfit_AreAllNamed()
    {
        WarmOptions options = new() { Floor = -1, Ceiling = 10_001, MemoryMiB = -1, Parallelism = 65, Memory = TimeSpan.Zero, Quiet = TimeSpan.FromSeconds(3) };
        options.Keep.Add(new() { Count = -1, Cpu = 0, MemoryMiB = 0, Isolation = (IsolationKind)9 });

        var failures = new WarmOptionsValidator().Validate(null, options).Failures!.ToList();

        foreach (var key in (string[])["Floor", "Ceiling", "MemoryMiB", "Parallelism", "Memory ", "Quiet", "Keep:0:Count", "Keep:0:Cpu", "Keep:0:MemoryMiB", "Keep:0:Isolation"])
            Assert.Contains(failures, failure => failure.StartsWith("WarmPool:" + key, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        if (_refiller is not null) await _refiller.DisposeAsync();
    }

    private void Open()
    {
        var options = Options.Create(_options);
        var signal = new RefillSignal(_clock);
        _shelves = new WarmShelves(options, Options.Create(new SandboxOptions()), _clock);
        _pool = new WarmPool(_shelves, signal, options);
        _refiller = new WarmRefiller(_shelves, signal, _maker, _maker, options, _clock, NullLogger<WarmRefiller>.Instance);
        _shelves.AddFloors((_, _) => true);
        _refiller.Start(Host);
    }

    private Task ReadyAsync(int count, IsolationKind? isolation = null) => Eventually.HoldsAsync(
        $"{count} are ready", () => _pool!.Status.Where(status => isolation is null || status.Isolation == isolation).Sum(status => status.Ready) == count, Cancellation);

    private static SandboxSpec Spec(IsolationKind isolation = IsolationKind.GVisor, int memoryMiB = 1024) => new()
    {
        Template = "default",
        Isolation = isolation,
        Limits = new(1, memoryMiB, 10_240, 512),
        User = "user",
        WorkingDirectory = "/",
        Lifecycle = new(0, LifecycleAction.Delete, 0, LifecycleAction.Delete),
    };
}
