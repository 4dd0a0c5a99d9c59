using System.Collections.Concurrent;
using System.Collections.Immutable;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>Sandboxes in memory, each with a <see cref="FakeGuest"/>.</summary>
internal sealed class FakeSandboxes : ISandboxes
{
    private readonly ConcurrentDictionary<SandboxId, (Sandbox Sandbox, FakeGuest Guest, CancellationTokenSource Ended)> _all = new();

    public SandboxRequest? LastRequest { get; private set; }

    public FakeGuest GuestOf(string id) => _all[SandboxId.Parse(id)].Guest;

    public Task<Result<Sandbox>> CreateAsync(TeamId team, SandboxRequest request, string? idempotencyKey, bool wait, CancellationToken cancellation)
    {
        LastRequest = request;
        if (request.Name == "taken") return Task.FromResult<Result<Sandbox>>(new Fault(FaultCode.NameTaken, FaultSide.Caller, FaultStage.Admission, "The name is taken.", "Choose another."));
        if (request.Name == "full") return Task.FromResult<Result<Sandbox>>(new Fault(FaultCode.CapacityExhausted, FaultSide.Host, FaultStage.Admission, "Full."));
        if (request.Name == "bug") throw new InvalidOperationException("a secret detail");
        var sandbox = new Sandbox
        {
            Id = SandboxId.New(),
            Team = team,
            Spec = new()
            {
                Name = request.Name,
                Template = request.Template ?? "default",
                Isolation = request.Isolation ?? IsolationKind.GVisor,
                Limits = new(request.Cpu ?? 1, (int)(request.MemoryMiB ?? 1024), 10240, 512),
                Env = request.Env ?? ImmutableDictionary<string, string>.Empty,
                Metadata = request.Metadata ?? ImmutableDictionary<string, string>.Empty,
                User = request.User ?? "user",
                WorkingDirectory = request.WorkingDirectory ?? "/home/user",
                Lifecycle = new(3600, LifecycleAction.Delete, 0, LifecycleAction.Delete),
            },
            State = wait ? SandboxState.Running : SandboxState.Creating,
            Node = "test",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            StartedAt = wait ? TimeProvider.System.GetUtcNow() : null,
        };
        _all[sandbox.Id] = (sandbox, new FakeGuest(), new());
        return Task.FromResult<Result<Sandbox>>(sandbox);
    }

    public Task<Result<Sandbox>> GetAsync(TeamId team, string idOrName, CancellationToken cancellation) => Task.FromResult(Find(team, idOrName));

    public Task<Result<Page<Sandbox>>> ListAsync(TeamId team, SandboxQuery query, CancellationToken cancellation) =>
        Task.FromResult<Result<Page<Sandbox>>>(new Page<Sandbox>([.. _all.Values.Select(one => one.Sandbox).Where(one => one.Team == team && Matches(one, query))], null));

    public Task<Result<Sandbox>> UpdateAsync(TeamId team, string idOrName, SandboxUpdate update, CancellationToken cancellation) =>
        Task.FromResult(Find(team, idOrName).Map(one => one with { Spec = one.Spec with { Name = update.Name ?? one.Spec.Name } }));

    public Task<Result<Sandbox>> ExtendAsync(TeamId team, string idOrName, double seconds, CancellationToken cancellation) => Task.FromResult(Find(team, idOrName));

    public Task<Result<Done>> DeleteAsync(TeamId team, string idOrName, CancellationToken cancellation)
    {
        var found = Find(team, idOrName);
        if (!found.Succeeded) return Task.FromResult<Result<Done>>(found.Fault!);
        var one = _all[found.Value.Id];
        _all[found.Value.Id] = one with { Sandbox = one.Sandbox with { State = SandboxState.Deleted, Reason = EndReason.KilledByUser } };
        one.Ended.Cancel();
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public Result<LiveSandbox> Use(TeamId team, string idOrName)
    {
        var found = Find(team, idOrName);
        if (!found.TryGet(out var sandbox, out var fault)) return fault;
        if (sandbox.State is SandboxState.Deleted) return new Fault(FaultCode.SandboxEnded, FaultSide.Caller, FaultStage.Lookup, "It has ended: killed_by_user.");
        var one = _all[sandbox.Id];
        return new Live(sandbox, one.Guest, one.Ended.Token);
    }

    public Task<Result<Sandbox>> ArchiveAsync(TeamId team, string idOrName, CancellationToken cancellation) => GetAsync(team, idOrName, cancellation);

    public Task<Result<Sandbox>> SleepAsync(TeamId team, string idOrName, LifecycleAction how, CancellationToken cancellation) =>
        Task.FromResult(Turn(team, idOrName, how switch { LifecycleAction.Pause => SandboxState.Paused, LifecycleAction.Suspend => SandboxState.Suspended, _ => SandboxState.Stopped }));

    public Task<Result<Sandbox>> WakeAsync(TeamId team, string idOrName, CancellationToken cancellation) => Task.FromResult(Turn(team, idOrName, SandboxState.Running));

    public Task<Result<IReadOnlyList<SandboxUsage>>> UsageAsync(TeamId team, string idOrName, DateTimeOffset? start, DateTimeOffset? end, CancellationToken cancellation) =>
        Task.FromResult(Find(team, idOrName).Map<IReadOnlyList<SandboxUsage>>(_ => [new(TimeProvider.System.GetUtcNow(), 1.5, 1024, 3, 4096, 1, 2)]));

    private static bool Matches(Sandbox sandbox, SandboxQuery query) =>
        (query.States.IsEmpty ? sandbox.State is not SandboxState.Deleted : query.States.Contains(sandbox.State))
        && (query.Name is null || sandbox.Spec.Name == query.Name)
        && query.Metadata.All(pair => sandbox.Spec.Metadata.GetValueOrDefault(pair.Key) == pair.Value);

    private Result<Sandbox> Turn(TeamId team, string idOrName, SandboxState state)
    {
        if (!Find(team, idOrName).TryGet(out var sandbox, out var fault)) return fault;
        var turned = sandbox with { State = state };
        _all[sandbox.Id] = _all[sandbox.Id] with { Sandbox = turned };
        return turned;
    }

    private Result<Sandbox> Find(TeamId team, string idOrName)
    {
        var found = _all.Values.Select(one => one.Sandbox).FirstOrDefault(one => one.Team == team && (one.Id.Value == idOrName || one.Spec.Name == idOrName));
        return found is null ? new Fault(FaultCode.SandboxNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such sandbox.") : found;
    }

    private sealed class Live(Sandbox sandbox, FakeGuest guest, CancellationToken ended) : LiveSandbox
    {
        public override Sandbox Sandbox => sandbox;

        public override Core.Guests.IGuest Guest => guest;

        public override CancellationToken Ended => ended;

        public override void Dispose()
        {
        }
    }
}
