using System.Security.Cryptography;
using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Machine.Native;

namespace Atoll.Machine.Objects.Local;

/// <summary>
/// Objects as files of a folder:
/// <code>
/// data/KEY=                an object. The sign keeps 'a' and 'a/b' apart, and is in no key
/// halves/KEY.RANDOM        what is being put, its slashes as '+'
/// </code>
/// A put is written aside, synced, renamed, and its folders synced. Readers have the file open, and see the one that they opened.
/// </summary>
internal sealed class FolderObjectStore(string folder, long reserveBytes) : IObjectStore
{
    private const int BufferBytes = 256 * 1024;
    private const long LookEvery = 64L << 20;
    private const int MostTries = 10;
    private const char Sign = '=';
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _data = Path.Combine(folder, "data");
    private readonly string _halves = Path.Combine(folder, "halves");

    public string Description => $"folder {folder}";

    public async Task<Result<long>> PutAsync(ObjectKey key, Stream content, CancellationToken cancellation)
    {
        var half = Path.Combine(_halves, $"{Flat(key.Value)}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        try
        {
            if ((await WriteAsync(half, content, cancellation)).TryGet(out var bytes, out var fault)) return Guard<long>(() =>
            {
                Place(half, PathOf(key));
                return bytes;
            });
            return fault;
        }
        finally
        {
            Guard<Done>(() => Drop(half));
        }
    }

    public Task<Result<Stream>> GetAsync(ObjectKey key, long offset, long? length, CancellationToken cancellation) => Task.FromResult(Guard<Stream>(() =>
    {
        FileStream file;
        try
        {
            file = new(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return ObjectFaults.NotFound(key);
        }

        file.Position = Math.Min(offset, file.Length);
        return length is { } most ? new SectionStream(file, most) : file;
    }));

    public Task<Result<StoredObject?>> HeadAsync(ObjectKey key, CancellationToken cancellation) => Task.FromResult(Guard<StoredObject?>(() =>
    {
        var file = new FileInfo(PathOf(key));
        return file.Exists ? new StoredObject(key, file.Length) : null;
    }));

    public Task<Result<ObjectPage>> ListAsync(string prefix, int limit, ObjectKey? after, CancellationToken cancellation) => Task.Run(
        () => Guard<ObjectPage>(() =>
        {
            // Whatever there is, only a page of it is kept in mind.
            SortedDictionary<string, long> first = new(StringComparer.Ordinal);
            foreach (var file in Below(prefix))
            {
                cancellation.ThrowIfCancellationRequested();
                var name = Path.GetRelativePath(_data, file.FullName);
                if (name[^1] != Sign || !name.StartsWith(prefix, StringComparison.Ordinal) || !ObjectKey.TryParse(name[..^1], out var key)) continue;
                if (after is { } last && string.CompareOrdinal(key.Value, last.Value) <= 0) continue;
                first[key.Value] = file.Length;
                if (first.Count > limit + 1) first.Remove(first.Keys.Last());
            }

            return new ObjectPage([.. first.Take(limit).Select(one => new StoredObject(ObjectKey.Parse(one.Key), one.Value))], first.Count > limit);
        }),
        cancellation);

    public Task<Result<Done>> DeleteAsync(ObjectKey key, CancellationToken cancellation) => Task.FromResult(Guard<Done>(() =>
    {
        var path = PathOf(key);
        var parent = Path.GetDirectoryName(path)!;
        if (!File.Exists(path)) return Done.Value;
        File.Delete(path);
        FileCall.Sync(parent);
        for (; parent != _data; parent = Path.GetDirectoryName(parent)!)
        {
            try
            {
                Directory.Delete(parent);
            }
            catch (IOException)
            {
                // Something else is in it, or it is gone already.
                break;
            }
        }

        return Done.Value;
    }));

    public Task<Result<Done>> AbandonAsync(string prefix, CancellationToken cancellation) => Task.FromResult(Guard<Done>(() =>
    {
        if (!Directory.Exists(_halves)) return Done.Value;
        foreach (var half in Directory.EnumerateFiles(_halves).Where(path => Path.GetFileName(path).StartsWith(Flat(prefix), StringComparison.Ordinal))) File.Delete(half);
        return Done.Value;
    }));

    private static Done Drop(string half)
    {
        File.Delete(half);
        return Done.Value;
    }

    private static string Flat(string key) => key.Replace('/', '+');

    private async Task<Result<long>> WriteAsync(string half, Stream content, CancellationToken cancellation)
    {
        var opened = Guard(() =>
        {
            Directory.CreateDirectory(_halves, OwnerOnly);
            return Full() is { } full ? full : Result.Of(new FileStream(half, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }));
        });
        if (!opened.TryGet(out var file, out var fault)) return fault;
        await using (file)
        {
            var buffer = new byte[BufferBytes];
            var (total, unseen) = (0L, 0L);

            // What reading throws is the caller's; what writing throws is the store's.
            while (await content.ReadAsync(buffer, cancellation) is > 0 and var count)
            {
                if (Guard<Done>(() => Append(file, buffer.AsSpan(0, count))).Fault is { } unwritten) return unwritten;
                total += count;
                if ((unseen += count) < LookEvery) continue;
                unseen = 0;
                if (Guard<Done>(() => Full() is { } full ? full : Done.Value).Fault is { } none) return none;
            }

            return Guard<long>(() =>
            {
                file.Flush(flushToDisk: true);
                return total;
            });
        }
    }

    private static Done Append(FileStream file, ReadOnlySpan<byte> bytes)
    {
        file.Write(bytes);
        return Done.Value;
    }

    /// <summary>A deletion may remove the folders between their making and the rename: then once more.</summary>
    private void Place(string half, string path)
    {
        var parent = Path.GetDirectoryName(path)!;
        for (var tries = 1; ; tries++)
        {
            Directory.CreateDirectory(parent, OwnerOnly);
            try
            {
                FileCall.Rename(half, path);
                for (var above = parent; ; above = Path.GetDirectoryName(above)!)
                {
                    FileCall.Sync(above);
                    if (above == folder) return;
                }
            }
            catch (SyscallException gone) when (gone.Errno == Errno.NoEntry && tries < MostTries && File.Exists(half))
            {
            }
        }
    }

    private IEnumerable<FileInfo> Below(string prefix)
    {
        var cut = prefix.LastIndexOf('/');
        if (cut >= 0 && !ObjectKey.TryParse(prefix[..cut], out _)) return [];
        DirectoryInfo start = new(cut < 0 ? _data : Path.Combine(_data, prefix[..cut]));
        return start.Exists ? start.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false }) : [];
    }

    private Fault? Full()
    {
        var free = new DriveInfo(_halves).AvailableFreeSpace;
        return free < reserveBytes ? ObjectFaults.Full(Description, $"{free >> 20} MiB are free and {reserveBytes >> 20} MiB are kept in reserve (ObjectStore:ReserveBytes).") : null;
    }

    private string PathOf(ObjectKey key) => Path.Combine(_data, key.Value + Sign);

    private Result<T> Guard<T>(Func<Result<T>> work)
    {
        try
        {
            return work();
        }
        catch (IOException full) when (full.HResult is Errno.NoSpace or Errno.QuotaExceeded)
        {
            return ObjectFaults.Full(Description, full.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return ObjectFaults.Unavailable(Description, failure.Message);
        }
    }
}
