using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Machines;

namespace Atoll.Core.Tests.Fakes;

/// <summary>Files of a volume of which a write goes on until it is cancelled, and then takes as long as the test wants.</summary>
internal sealed class FakeVolumeFiles : IVolumeFiles
{
    public TaskCompletionSource Writing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource LetGo { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Disposed { get; private set; }

    public async Task<Result<FileEntry>> WriteAsync(string path, Stream content, FileWriteOptions options, CancellationToken cancellation)
    {
        await using var registration = cancellation.Register(() => Cancelled.TrySetResult());
        Writing.SetResult();
        await LetGo.Task;
        cancellation.ThrowIfCancellationRequested();
        throw new InvalidOperationException("Nobody cancelled it.");
    }

    public Task<Result<FileEntry>> StatAsync(string path, bool followSymlink, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<FileEntry>>> ListAsync(string path, int depth, string? pattern, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<FileContent>> ReadAsync(string path, long offset, long? length, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<FileEntry>> MakeDirectoryAsync(string path, bool parents, int? mode, FileOwner? owner, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Result<Done>> RemoveAsync(string path, bool recursive, CancellationToken cancellation) => throw new NotSupportedException();

    public void Dispose() => Disposed = true;
}
