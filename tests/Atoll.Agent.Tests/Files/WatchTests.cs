using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Agent.Tests.Files;

public sealed class WatchTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_Changes_AreToldWithTheirEntries()
    {
        var folder = host.PutDirectory("watch");
        await using var changes = await WatchAsync(folder, recursive: false);
        await File.WriteAllTextAsync(folder + "/file", "12345", Cancellation);
        await ExpectAsync(changes, FileChangeKind.Created, folder + "/file");
        var written = await ExpectAsync(changes, FileChangeKind.Written, folder + "/file");
        Assert.Equal(5, written.Entry!.SizeBytes);
        FilesHost.Succeeds(await host.Files.ChmodAsync(folder + "/file", 0x1C0, false, Cancellation));
        Assert.Equal(0x1C0, (await ExpectAsync(changes, FileChangeKind.ModeChanged, folder + "/file")).Entry!.Mode);
        File.Move(folder + "/file", folder + "/named");
        await ExpectAsync(changes, FileChangeKind.Renamed, folder + "/file");
        await ExpectAsync(changes, FileChangeKind.Created, folder + "/named");
        File.Delete(folder + "/named");
        await ExpectAsync(changes, FileChangeKind.Removed, folder + "/named");
        Directory.Delete(folder);
        await ExpectAsync(changes, FileChangeKind.Removed, folder);
        Assert.False(await changes.MoveNextAsync());
    }

    [Fact]
    public async Task Watch_RecursiveNewTree_MissesNothing()
    {
        var folder = host.PutDirectory("grow");
        await using var changes = await WatchAsync(folder, recursive: true);
        HashSet<string> expected = [];
        for (var i = 0; i < 200; i++)
        {
            host.Put($"grow/d{i}/e/f");
            expected.UnionWith([$"d{i}", $"d{i}/e", $"d{i}/e/f"]);
        }

        while (expected.Count > 0)
        {
            Assert.True(await changes.MoveNextAsync());
            if (changes.Current.Kind == FileChangeKind.Created) Assert.True(expected.Remove(Path.GetRelativePath(folder, changes.Current.Path)), "told twice: " + changes.Current.Path);
        }
    }

    [Fact]
    public async Task Watch_TreeIsRenamed_FollowsItsNewPaths()
    {
        host.Put("tree/a/b/file");
        var folder = host.PathOf("tree");
        await using var changes = await WatchAsync(folder, recursive: true);
        Directory.Move(folder + "/a", folder + "/z");
        await ExpectAsync(changes, FileChangeKind.Renamed, folder + "/a");
        await ExpectAsync(changes, FileChangeKind.Created, folder + "/z");
        await File.AppendAllTextAsync(folder + "/z/b/file", "more", Cancellation);
        await ExpectAsync(changes, FileChangeKind.Written, folder + "/z/b/file");
        Directory.Move(folder + "/z", host.PathOf("tree-away"));
        await ExpectAsync(changes, FileChangeKind.Renamed, folder + "/z");
        await File.AppendAllTextAsync(host.PathOf("tree-away/b/file"), "unseen", Cancellation);
        host.Put("tree/last");
        await ExpectAsync(changes, FileChangeKind.Created, folder + "/last");
        Directory.Move(folder, host.PathOf("tree-moved"));
        while (changes.Current.Kind != FileChangeKind.Renamed) Assert.True(await changes.MoveNextAsync());
        Assert.Equal(folder, changes.Current.Path);
        Assert.False(await changes.MoveNextAsync());
    }

    [Fact]
    public async Task Watch_NobodyReads_OverflowsAndGoesOn()
    {
        var folder = host.PutDirectory("flood");
        await using var changes = await WatchAsync(folder, recursive: true);
        for (var i = 0; i < 150_000; i++)
        {
            var path = $"{folder}/{i % 1000}";
            if (i / 1000 % 2 == 0) File.OpenHandle(path, FileMode.Create, FileAccess.Write).Dispose();
            else File.Delete(path);
        }

        while (changes.Current.Kind != FileChangeKind.Overflow) Assert.True(await changes.MoveNextAsync());
        host.Put("flood/new/after");
        while (changes.Current.Path != folder + "/new/after") Assert.True(await changes.MoveNextAsync());
    }

    [Fact]
    public async Task Watch_Missing_IsNotFound() => FilesHost.Fails(FaultCode.FileNotFound, await host.Files.WatchAsync(host.PathOf("nothing"), true, Cancellation));

    private async Task<IAsyncEnumerator<FileChange>> WatchAsync(string path, bool recursive)
    {
        var changes = FilesHost.Succeeds(await host.Files.WatchAsync(path, recursive, Cancellation)).GetAsyncEnumerator(Cancellation);
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(FileChangeKind.Watching, changes.Current.Kind);
        return changes;
    }

    private static async Task<FileChange> ExpectAsync(IAsyncEnumerator<FileChange> changes, FileChangeKind kind, string path)
    {
        Assert.True(await changes.MoveNextAsync(), $"the watch ended before {kind} {path}");
        Assert.Equal((kind, path), (changes.Current.Kind, changes.Current.Path));
        return changes.Current;
    }
}
