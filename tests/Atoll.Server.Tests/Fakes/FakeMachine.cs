using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Core.Templates;

namespace Atoll.Server.Tests.Fakes;

/// <summary>A host with gVisor and without runc; the API only asks what it is.</summary>
internal sealed class FakeMachine : IMachine
{
    public MachineDescription Description { get; } = new(
        "test", [new(IsolationKind.GVisor, "runsc 1", null), new(IsolationKind.Container, null, "runc is not installed.")], "btrfs", 2, 1 << 30, new(2, 4096, 10240, 1024));

    public IReadOnlyList<Template> Templates { get; } = [new("default", 1, DateTimeOffset.UnixEpoch, "user", "/home/user")];

    public IReadOnlyList<WarmPoolStatus> WarmPool => [new("default", IsolationKind.GVisor, 1, 1024, 2, 3, 1 << 20), new("default", IsolationKind.GVisor, 2, 2048, 1, 1, 1 << 20)];

    public ReservedId Reserve(SandboxSpec spec) => new(SandboxId.New(), false);

    public void Unreserve(SandboxId id)
    {
    }

    public Task<Result<StartedSandbox>> StartAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation) => throw new NotSupportedException();

    public IGuest? FindGuest(SandboxId id) => null;

    public Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<SandboxUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> IsAtWorkAsync(SandboxId id) => throw new NotSupportedException();

    public IAsyncEnumerable<SandboxExit> Exits(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<RecoveredSandboxes> RecoverAsync(KnownSandboxes known, CancellationToken cancellation) => throw new NotSupportedException();
}
