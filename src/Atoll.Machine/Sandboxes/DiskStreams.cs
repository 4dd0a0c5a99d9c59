using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Storage;

namespace Atoll.Machine.Sandboxes;

/// <summary>Core's <see cref="IDiskStreams"/>: those of the storage in use, which is known once it is open.</summary>
internal sealed class DiskStreams(ISandboxStorage storage) : IDiskStreams
{
    private IDiskStreams Streams => storage.Checkpoints.Streams;

    public Task<Result<IReadOnlyList<StreamedDisk>>> FindAsync(CheckpointId saved, string template, IReadOnlyList<CheckpointId> before, CancellationToken cancellation) => Streams.FindAsync(saved, template, before, cancellation);

    public Task<Result<bool>> SendAsync(StreamedDisk disk, StreamedDisk? since, long mostZeros, Func<Stream, Task> read, CancellationToken cancellation) =>
        Streams.SendAsync(disk, since, mostZeros, read, cancellation);

    public Task<Result<IDiskReceiver>> ReceiveAsync(CheckpointId saved, ReceiveBounds bounds, CancellationToken cancellation) => Streams.ReceiveAsync(saved, bounds, cancellation);
}
