using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Storage.Overlay;

/// <summary>Overlay directories have no snapshots, and copying a disk would hold its sandbox up for as long as that takes: so there are no checkpoints, and whoever asks is told.</summary>
internal sealed class NoCheckpoints : ICheckpointStorage, IDiskStreams
{
    private static readonly Fault Fault = new(
        FaultCode.NotSupported, FaultSide.Host, FaultStage.Storage, "This node's storage (overlay) has no checkpoints.", "Use a kernel with btrfs and Storage:Kind 'btrfs'; `atoll doctor` says what is missing.");

    public IDiskStreams Streams => this;

    public Task<Result<Done>> SweepAsync(CancellationToken cancellation) => Task.FromResult<Result<Done>>(Done.Value);

    public Task<Result<Done>> FlushAsync(SandboxId id, CancellationToken cancellation) => Refuse<Done>();

    public Task<Result<bool>> IsUnchangedAsync(SandboxId id, CheckpointId since, CancellationToken cancellation) => Refuse<bool>();

    public Task<Result<Done>> SaveAsync(SandboxId id, CheckpointId saved, CancellationToken cancellation) => Refuse<Done>();

    public Task<Result<string>> CloneAsync(CheckpointId saved, SandboxId id, long diskBytes, CancellationToken cancellation) => Refuse<string>();

    public Task<Result<Done>> StageAsync(CheckpointId saved, SandboxId id, long diskBytes, CancellationToken cancellation) => Refuse<Done>();

    public Task<Result<string>> ReplaceAsync(SandboxId id, CancellationToken cancellation) => Refuse<string>();

    /// <summary>What cannot be there is gone.</summary>
    public Task<Result<Done>> DeleteAsync(CheckpointId saved, CancellationToken cancellation) => Task.FromResult<Result<Done>>(Done.Value);

    public Task<IReadOnlyList<CheckpointId>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<CheckpointId>>([]);

    public Result<string> MemoryFolder(long bytes) => Fault;

    public Task<Result<DiskDiff>> CompareAsync(CheckpointId from, CheckpointId to, int limit, CancellationToken cancellation) => Refuse<DiskDiff>();

    public Task<Result<DiskDiff>> CompareAsync(CheckpointId from, SandboxId to, int limit, CancellationToken cancellation) => Refuse<DiskDiff>();

    public Task<Result<IReadOnlyList<StreamedDisk>>> FindAsync(CheckpointId saved, string template, IReadOnlyList<CheckpointId> before, CancellationToken cancellation) => Refuse<IReadOnlyList<StreamedDisk>>();

    public Task<Result<bool>> SendAsync(StreamedDisk disk, StreamedDisk? since, long mostZeros, Func<Stream, Task> read, CancellationToken cancellation) => Refuse<bool>();

    public Task<Result<IDiskReceiver>> ReceiveAsync(CheckpointId saved, ReceiveBounds bounds, CancellationToken cancellation) => Refuse<IDiskReceiver>();

    private static Task<Result<T>> Refuse<T>() => Task.FromResult<Result<T>>(Fault);
}
