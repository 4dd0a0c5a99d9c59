using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>There are none.</summary>
internal sealed class FakeCheckpoints : ICheckpoints
{
    private static readonly Fault NoCheckpoint = new(FaultCode.CheckpointNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such checkpoint.");
    private static readonly Fault NoSandbox = new(FaultCode.SandboxNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such sandbox.");

    public Task<Result<Checkpoint>> CreateAsync(TeamId team, string sandbox, CheckpointRequest request, CancellationToken cancellation) => Task.FromResult<Result<Checkpoint>>(NoSandbox);

    public Task<Result<Checkpoint>> GetAsync(TeamId team, string checkpoint, CancellationToken cancellation) => Task.FromResult<Result<Checkpoint>>(NoCheckpoint);

    public Task<Result<Page<Checkpoint>>> ListAsync(TeamId team, string? sandbox, int limit, string? cursor, CancellationToken cancellation) =>
        Task.FromResult<Result<Page<Checkpoint>>>(sandbox is null ? new Page<Checkpoint>([], null) : NoSandbox);

    public Task<Result<Done>> DeleteAsync(TeamId team, string checkpoint, CancellationToken cancellation) => Task.FromResult<Result<Done>>(NoCheckpoint);

    public Task<Result<CheckpointDiff>> DiffAsync(TeamId team, string from, string? to, int? limit, CancellationToken cancellation) => Task.FromResult<Result<CheckpointDiff>>(NoCheckpoint);

    public Task<Result<Sandbox>> RestoreAsync(TeamId team, string sandbox, string checkpoint, CancellationToken cancellation) => Task.FromResult<Result<Sandbox>>(NoSandbox);

    public Task<Result<Forked>> ForkAsync(TeamId team, string checkpoint, ForkRequest request, CancellationToken cancellation) => Task.FromResult<Result<Forked>>(NoCheckpoint);

    public Task<Result<Forked>> ForkSandboxAsync(TeamId team, string sandbox, ForkRequest request, CancellationToken cancellation) => Task.FromResult<Result<Forked>>(NoSandbox);
}
