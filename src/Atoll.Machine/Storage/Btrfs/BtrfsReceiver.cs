using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage.Streams;

namespace Atoll.Machine.Storage.Btrfs;

/// <summary>A subvolume that streams are applied to, one after the other, until it is kept under a checkpoint's name.</summary>
internal sealed class BtrfsReceiver(string path, string kept, ReceiveBounds bounds, PoolQuota quota, Func<Fault?> full) : IDiskReceiver
{
    private const int MostErrno = 4096;
    private const int ReadBytes = 256 * 1024;

    /// <summary>The pool is looked at again after this much.</summary>
    private const long LookEvery = 64L << 20;
    private readonly TreeWriter _tree = new(path);

    public async Task<Result<Done>> ApplyAsync(Guid id, Guid? since, Stream stream, CancellationToken cancellation)
    {
        try
        {
            StreamGrammar grammar = new(id, since, new TreeTarget(_tree, bounds.Entries));
            var buffer = new byte[ReadBytes];
            var unseen = 0L;
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                grammar.Feed(buffer.AsSpan(0, count));
                if ((unseen += count) < LookEvery) continue;
                unseen = 0;
                if (full() is { } fault) return fault;
            }

            grammar.End();
            return Done.Value;
        }
        catch (InvalidDataException unsound)
        {
            return Invalid($"{unsound.Message}.");
        }
        catch (IOException failure) when (failure.HResult == Errno.QuotaExceeded)
        {
            return Invalid("it takes more room than it says.");
        }
        catch (IOException failure) when (failure.HResult == Errno.NoSpace)
        {
            return full() ?? StorageFaults.Host(failure.Message);
        }
        catch (IOException failure) when (failure.HResult is > 0 and < MostErrno)
        {
            // The file system's: a stream's own failures have no errno.
            return HostShortage.Explain(failure) ?? StorageFaults.Host(failure.Message);
        }
    }

    public Task<Result<long>> KeepAsync(CancellationToken cancellation) => StorageFaults.GuardAsync<long>(
        () =>
        {
            _tree.Dispose();

            // In this order: a read-only one cannot be moved.
            FileCall.Rename(path, kept);
            BtrfsCall.SetReadOnly(kept, readOnly: true);
            FileCall.SyncFilesystem(Path.GetDirectoryName(kept)!);
            return quota.Measure(kept);
        },
        cancellation);

    public void Dispose() => _tree.Dispose();

    private static Fault Invalid(string what) => new(
        FaultCode.ExportInvalid, FaultSide.Caller, FaultStage.Storage, $"This export cannot be imported: the stream of its disk is not sound: {what} Nothing was kept.", "Export the checkpoint again with an Atoll server.");
}
