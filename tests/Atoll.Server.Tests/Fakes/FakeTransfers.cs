using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Teams;

namespace Atoll.Server.Tests.Fakes;

/// <summary>There is nothing to export or import.</summary>
internal sealed class FakeTransfers : ICheckpointTransfers
{
    private static readonly Fault NoCheckpoint = new(FaultCode.CheckpointNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such checkpoint.");
    private static readonly Fault NoExport = new(FaultCode.ObjectNotFound, FaultSide.Caller, FaultStage.Lookup, "There is no such export.");

    public Task<Result<Exported>> ExportAsync(TeamId team, string checkpoint, TransferProgress progress, CancellationToken cancellation) => Task.FromResult<Result<Exported>>(NoCheckpoint);

    public Task<Result<CheckpointArchive>> OpenArchiveAsync(TeamId team, string checkpoint, CancellationToken cancellation) => Task.FromResult<Result<CheckpointArchive>>(NoCheckpoint);

    public Task<Result<Checkpoint>> ImportAsync(TeamId team, string key, ImportRequest request, TransferProgress progress, CancellationToken cancellation) => Task.FromResult<Result<Checkpoint>>(NoExport);

    public Task<Result<Checkpoint>> ImportAsync(TeamId team, Stream archive, ImportRequest request, TransferProgress progress, CancellationToken cancellation) => Task.FromResult<Result<Checkpoint>>(NoExport);
}
