using System.Runtime.ExceptionServices;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Native;
using Atoll.Machine.Storage.Streams;
using Atoll.Machine.Storage.Trees;
using Microsoft.Win32.SafeHandles;

namespace Atoll.Machine.Storage.Btrfs;

/// <summary>
/// Saved disks as the kernel's send streams. They are read in, not by <c>btrfs receive</c>, which as root follows whatever a stream says, but step by step by <see cref="StreamGrammar"/> into a
/// subvolume <c>receiving/ID</c> of which nobody knows, limited by a quota.
/// </summary>
/// <param name="full">The fault when the pool has no room for more.</param>
internal sealed class BtrfsStreams(string mount, PoolQuota quota, TemplateShelf templates, Func<Fault?> full) : IDiskStreams
{
    private readonly string _saved = Path.Combine(mount, "checkpoints");
    private readonly string _receiving = Path.Combine(mount, "receiving");

    /// <summary>Under the opening lock.</summary>
    public void Prepare() => Directory.CreateDirectory(_receiving);

    /// <summary>What a server that died was receiving.</summary>
    public void Sweep()
    {
        foreach (var left in Directory.EnumerateDirectories(_receiving)) BtrfsCall.DestroySubvolume(left);
    }

    public void Remove(CheckpointId id)
    {
        var path = Path.Combine(_receiving, id.Value);
        if (Directory.Exists(path)) BtrfsCall.DestroySubvolume(path);
    }

    public Task<Result<IReadOnlyList<StreamedDisk>>> FindAsync(CheckpointId saved, string template, IReadOnlyList<CheckpointId> before, CancellationToken cancellation) => StorageFaults.GuardAsync<IReadOnlyList<StreamedDisk>>(
        () =>
        {
            if (!Directory.Exists(PathOf(saved))) return StorageFaults.NoCheckpoint(saved);
            // No disk takes more than all of them together.
            var most = Used();
            List<StreamedDisk> found = [Saved(saved, most), .. before.Where(id => Directory.Exists(PathOf(id))).Select(id => Saved(id, most))];

            // A clone's root directory keeps its birth: the same one, to the nanosecond, says that both began as one tree.
            if (templates.Find(template) is { } tree && FileCall.BornAt(tree.Root) is { } born && born == FileCall.BornAt(PathOf(saved))) found.Add(new(BtrfsCall.Inspect(tree.Root).Uuid, null, template, most));
            return found;
        },
        cancellation);

    public async Task<Result<bool>> SendAsync(StreamedDisk disk, StreamedDisk? since, long mostZeros, Func<Stream, Task> reader, CancellationToken cancellation)
    {
        if (Find(disk) is not { } path || (since is not null && Find(since) is null)) return Gone(disk);
        var parent = since is null ? 0 : BtrfsCall.Inspect(Find(since)!).Id;
        var pipe = Pipe.Create(out var write);
        var sending = Task.Factory.StartNew(
            () =>
            {
                using (write) BtrfsCall.Send(path, parent, write);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Result<bool> read = true;
        ExceptionDispatchInfo? thrown = null;
        try
        {
            read = await ReadAsync(disk, since, since is null ? null : new ZeroBound(mostZeros), pipe, reader);
        }
        catch (Exception failure)
        {
            thrown = ExceptionDispatchInfo.Capture(failure);
        }

        // The pipe is closed: the kernel notices that nobody reads any more. What it says then is of no interest; that it gave up by itself is, and is why the stream ended early.
        await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (sending.Exception?.InnerException is SyscallException { Errno: not Errno.BrokenPipe } failed) return HostShortage.Explain(failed) ?? StorageFaults.Host(failed.Message);
        thrown?.Throw();
        return read;
    }

    public async Task<Result<IDiskReceiver>> ReceiveAsync(CheckpointId saved, ReceiveBounds bounds, CancellationToken cancellation)
    {
        if (full() is { } fault) return fault;
        return await StorageFaults.GuardAsync<IDiskReceiver>(
            () =>
            {
                var path = Path.Combine(_receiving, saved.Value);
                BtrfsCall.CreateSubvolume(path);
                BtrfsCall.Limit(path, bounds.DiskBytes);
                return new BtrfsReceiver(path, PathOf(saved), bounds, quota, full);
            },
            cancellation);
    }

    /// <summary>Passes the stream on and checks it on the way: what could not be imported is not exported.</summary>
    private static async Task<Result<bool>> ReadAsync(StreamedDisk disk, StreamedDisk? since, ZeroBound? bound, SafeFileHandle pipe, Func<Stream, Task> read)
    {
        await using CheckedStream stream = new(new FileStream(pipe, FileAccess.Read, bufferSize: 0), new(disk.Id, since?.Id, bound));
        try
        {
            await read(stream);
            stream.End();
            return true;
        }
        catch (ZeroBoundException)
        {
            return false;
        }
        catch (InvalidDataException unsound)
        {
            return StorageFaults.Host($"This disk cannot be told as a stream that another server would take: {unsound.Message}.", "Remove what is named from the sandbox, make another checkpoint and export that.");
        }
    }

    private string? Find(StreamedDisk disk)
    {
        var path = disk.Saved is { } saved ? PathOf(saved) : templates.Find(disk.Template!)?.Root;
        return path is not null && Directory.Exists(path) && BtrfsCall.Inspect(path).Uuid == disk.Id ? path : null;
    }

    private static Fault Gone(StreamedDisk disk) => disk.Saved is { } saved ? StorageFaults.NoCheckpoint(saved) : StorageFaults.NoTemplate(disk.Template!);

    private StreamedDisk Saved(CheckpointId id, long most) => new(BtrfsCall.Inspect(PathOf(id)).Uuid, id, null, most);

    private long Used()
    {
        DriveInfo pool = new(mount);
        return pool.TotalSize - pool.TotalFreeSpace;
    }

    private string PathOf(CheckpointId id) => Path.Combine(_saved, id.Value);
}
