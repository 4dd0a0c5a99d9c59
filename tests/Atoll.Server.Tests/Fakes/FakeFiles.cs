using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Server.Tests.Fakes;

/// <summary>Files in memory: enough for the HTTP layer to work with.</summary>
internal sealed class FakeFiles : IGuestFiles
{
    private static readonly Fault NotFound = new(FaultCode.FileNotFound, FaultSide.Caller, FaultStage.File, "No such file.");

    public ConcurrentDictionary<string, byte[]> Content { get; } = new();

    public FileWriteOptions? LastWrite { get; private set; }

    public Task<Result<FileEntry>> StatAsync(string path, bool followSymlink, CancellationToken cancellation) => Task.FromResult(Find(path));

    public Task<Result<IAsyncEnumerable<FileEntry>>> ListAsync(string path, int depth, string? pattern, CancellationToken cancellation) => Task.FromResult(FakeGuest.Of(Each(Content.Keys.Order().Select(name => Find(name).Value), CancellationToken.None)));

    public Task<Result<FileContent>> ReadAsync(string path, long offset, long? length, CancellationToken cancellation)
    {
        if (!Find(path).TryGet(out var entry, out var fault)) return Task.FromResult<Result<FileContent>>(fault);
        var all = Content[path];
        var part = all.AsMemory((int)offset, (int)Math.Min(length ?? long.MaxValue, all.Length - offset)).ToArray();
        return Task.FromResult<Result<FileContent>>(new FileContent(entry, part.Length, new MemoryStream(part)));
    }

    public async Task<Result<FileEntry>> WriteAsync(string path, Stream content, FileWriteOptions options, CancellationToken cancellation)
    {
        LastWrite = options;
        var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellation);
        Content[path] = copy.ToArray();
        return Find(path);
    }

    public Task<Result<FileEntry>> MakeDirectoryAsync(string path, bool parents, int? mode, FileOwner? owner, CancellationToken cancellation) => Task.FromResult<Result<FileEntry>>(Entry(path, 0));

    public Task<Result<FileEntry>> MoveAsync(string from, string to, bool overwrite, CancellationToken cancellation) => Task.FromResult(Find(from));

    public Task<Result<FileEntry>> CopyAsync(string from, string to, bool recursive, bool overwrite, CancellationToken cancellation) => Task.FromResult(Find(from));

    public Task<Result<Done>> RemoveAsync(string path, bool recursive, CancellationToken cancellation) => Task.FromResult<Result<Done>>(Content.TryRemove(path, out _) ? Done.Value : NotFound);

    public Task<Result<Done>> ChmodAsync(string path, int mode, bool recursive, CancellationToken cancellation) => Task.FromResult(Find(path).Map(_ => Done.Value));

    public Task<Result<Done>> ChownAsync(string path, FileOwner owner, bool recursive, CancellationToken cancellation) => Task.FromResult(Find(path).Map(_ => Done.Value));

    public Task<Result<IAsyncEnumerable<FileMatch>>> FindAsync(FileQuery query, CancellationToken cancellation) => Task.FromResult(FakeGuest.Of(Each(Content.Keys.Select(name => new FileMatch(name, 1, "text")), CancellationToken.None)));

    public Task<Result<IReadOnlyList<FileReplacement>>> ReplaceAsync(FileReplaceRequest request, CancellationToken cancellation) =>
        Task.FromResult<Result<IReadOnlyList<FileReplacement>>>(request.Paths.Select(path => new FileReplacement(path, Content.ContainsKey(path) ? 1 : 0, Find(path).Fault)).ToArray());

    public Task<Result<IAsyncEnumerable<FileChange>>> WatchAsync(string path, bool recursive, CancellationToken cancellation) =>
        Task.FromResult(FakeGuest.Of(Each([new FileChange(FileChangeKind.Watching, path, null), new FileChange(FileChangeKind.Written, path + "/a", Entry(path + "/a", 1))], CancellationToken.None)));

    public Task<Result<Stream>> ArchiveAsync(string path, CancellationToken cancellation) => Task.FromResult<Result<Stream>>(new MemoryStream(new byte[10_240]));

    public async Task<Result<long>> ExtractAsync(string path, Stream tar, FileOwner? owner, CancellationToken cancellation)
    {
        var buffer = new byte[65_536];
        long length = 0;
        for (int count; (count = await tar.ReadAsync(buffer, cancellation)) > 0;) length += count;
        return length;
    }

    private static FileEntry Entry(string path, long size) =>
        new(path, FileKind.File, size, 420, 1000, 1000, "user", "user", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, null);

    private static async IAsyncEnumerable<T> Each<T>(IEnumerable<T> items, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    private Result<FileEntry> Find(string path) => Content.TryGetValue(path, out var bytes) ? Entry(path, bytes.Length) : NotFound;
}
