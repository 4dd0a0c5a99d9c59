using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;

namespace Atoll.Core.Volumes.Service;

/// <summary>A volume's files until a sandbox has the volume mounted, or it is deleted: what is under way then ends with that reason. What has been opened for reading is read to its end.</summary>
internal sealed class HeldVolumeFiles(IVolumeFiles files, OutsideUse use) : IVolumeFiles
{
    public Task<Result<FileEntry>> StatAsync(string path, bool followSymlink, CancellationToken cancellation) => UntilEndedAsync(either => files.StatAsync(path, followSymlink, either), cancellation);

    public Task<Result<IReadOnlyList<FileEntry>>> ListAsync(string path, int depth, string? pattern, int limit, CancellationToken cancellation) =>
        UntilEndedAsync(either => files.ListAsync(path, depth, pattern, limit, either), cancellation);

    public Task<Result<FileContent>> ReadAsync(string path, long offset, long? length, CancellationToken cancellation) => UntilEndedAsync(either => files.ReadAsync(path, offset, length, either), cancellation);

    public Task<Result<FileEntry>> WriteAsync(string path, Stream content, FileWriteOptions options, CancellationToken cancellation) =>
        UntilEndedAsync(either => files.WriteAsync(path, content, options, either), cancellation);

    public Task<Result<FileEntry>> MakeDirectoryAsync(string path, bool parents, int? mode, FileOwner? owner, CancellationToken cancellation) =>
        UntilEndedAsync(either => files.MakeDirectoryAsync(path, parents, mode, owner, either), cancellation);

    public Task<Result<Done>> RemoveAsync(string path, bool recursive, CancellationToken cancellation) => UntilEndedAsync(either => files.RemoveAsync(path, recursive, either), cancellation);

    /// <summary>The files first: whoever waits for the use's end wants none of them open.</summary>
    public void Dispose()
    {
        files.Dispose();
        use.Dispose();
    }

    private async Task<Result<T>> UntilEndedAsync<T>(Func<CancellationToken, Task<Result<T>>> work, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, use.Ended);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (use.Reason is not null && !cancellation.IsCancellationRequested)
        {
            return use.Reason!;
        }
    }
}
