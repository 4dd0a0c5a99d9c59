using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Agent.Tests.Files;

public sealed class TreeTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MakeDirectory_AloneAndWithParents_HasModeAndOwner()
    {
        var path = host.PathOf("made");
        var entry = FilesHost.Succeeds(await host.Files.MakeDirectoryAsync(path, false, 0x3F8, new FileOwner("5:6"), Cancellation));
        Assert.Equal((FileKind.Directory, 0x3F8, 5, 6), (entry.Kind, entry.Mode, entry.Uid, entry.Gid));
        FilesHost.Fails(FaultCode.FileExists, await host.Files.MakeDirectoryAsync(path, false, null, null, Cancellation));
        Assert.Equal(0x3F8, FilesHost.Succeeds(await host.Files.MakeDirectoryAsync(path, true, null, null, Cancellation)).Mode);
        FilesHost.Fails(FaultCode.FileNotFound, await host.Files.MakeDirectoryAsync(host.PathOf("x/y/z"), false, null, null, Cancellation));
        FilesHost.Succeeds(await host.Files.MakeDirectoryAsync(host.PathOf("x/y/z"), true, null, null, Cancellation));
        FilesHost.Fails(FaultCode.FileExists, await host.Files.MakeDirectoryAsync(host.Put("x/file"), true, null, null, Cancellation));
        FilesHost.Fails(FaultCode.InvalidPath, await host.Files.MakeDirectoryAsync(host.PathOf("x/.."), false, null, null, Cancellation));
    }

    [Fact]
    public async Task Move_Entries_FollowsRename()
    {
        host.Put("mv/a", "a");
        host.Put("mv/b", "b");
        host.Put("mv/dir/full");
        FilesHost.Fails(FaultCode.FileExists, await MoveAsync("mv/a", "mv/b", false));
        Assert.Equal(host.PathOf("mv/b"), FilesHost.Succeeds(await MoveAsync("mv/a", "mv/b", true)).Path);
        Assert.Equal("a", await File.ReadAllTextAsync(host.PathOf("mv/b"), Cancellation));
        FilesHost.Fails(FaultCode.IsADirectory, await MoveAsync("mv/b", "mv/dir", true));
        host.PutDirectory("mv/other");
        FilesHost.Fails(FaultCode.DirectoryNotEmpty, await MoveAsync("mv/other", "mv/dir", true));
        FilesHost.Fails(FaultCode.NotADirectory, await MoveAsync("mv/other", "mv/b", true));
        FilesHost.Succeeds(await MoveAsync("mv/dir", "mv/other", true));
        FilesHost.Fails(FaultCode.InvalidRequest, await MoveAsync("mv/other", "mv/other/in", false));
        FilesHost.Fails(FaultCode.InvalidRequest, await MoveAsync("mv/other", "mv/other/in", true));
        FilesHost.Fails(FaultCode.FileNotFound, await MoveAsync("mv/none", "mv/x", true));
    }

    [Fact]
    public async Task Copy_Tree_KeepsEverything()
    {
        var file = host.Put("cp/sub/file", "text");
        host.PutLink("cp/link", "sub/file");
        host.PutFifo("cp/fifo");
        FilesHost.Succeeds(await host.Files.ChownAsync(file, new FileOwner("11:12"), false, Cancellation));
        FilesHost.Succeeds(await host.Files.ChmodAsync(file, 0x9E8, false, Cancellation));
        var time = new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(file, time);
        Directory.SetLastWriteTimeUtc(host.PathOf("cp/sub"), time);
        FilesHost.Fails(FaultCode.IsADirectory, await CopyAsync("cp", "cp2", recursive: false));
        FilesHost.Succeeds(await CopyAsync("cp", "cp2"));
        Assert.Equal(["fifo", "link", "sub"], host.Names("cp2"));
        var entry = FilesHost.Succeeds(await host.Files.StatAsync(host.PathOf("cp2/sub/file"), false, Cancellation));
        Assert.Equal((11, 12, 0x9E8, time), (entry.Uid, entry.Gid, entry.Mode, entry.ModifiedAt.UtcDateTime));
        Assert.Equal(time, Directory.GetLastWriteTimeUtc(host.PathOf("cp2/sub")));
        Assert.Equal("sub/file", new FileInfo(host.PathOf("cp2/link")).LinkTarget);
        Assert.Equal("text", await File.ReadAllTextAsync(host.PathOf("cp2/sub/file"), Cancellation));
        FilesHost.Fails(FaultCode.FileExists, await CopyAsync("cp", "cp2", overwrite: false));
        FilesHost.Fails(FaultCode.DirectoryNotEmpty, await CopyAsync("cp", "cp2"));
        FilesHost.Fails(FaultCode.InvalidRequest, await CopyAsync("cp", "cp/sub/inside"));
        FilesHost.Fails(FaultCode.InvalidRequest, await CopyAsync("cp/sub/file", "cp/sub/file"));
        Assert.DoesNotContain(host.Names(), name => name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Copy_TreeWithFilesOfSeveralNames_KeepsEachOneFile()
    {
        foreach (var name in (string[])["one", "sub/deep/two", "sub/three", "other/alone"])
        {
            host.Put($"cl/{name}", name is "other/alone" ? "alone" : "linked");
            if (name is "sub/deep/two" or "sub/three") Link(host.PathOf("cl/one"), host.PathOf($"cl/{name}"));
        }

        Link(host.PathOf("cl/other/alone"), host.Put("cl-outside"));
        FilesHost.Succeeds(await CopyAsync("cl", "cl2"));
        await File.AppendAllTextAsync(host.PathOf("cl2/sub/deep/two"), " and more", Cancellation);
        Assert.All((string[])["one", "sub/deep/two", "sub/three"], name => Assert.Equal("linked and more", File.ReadAllText(host.PathOf($"cl2/{name}"))));
        Assert.Equal("linked", await File.ReadAllTextAsync(host.PathOf("cl/one"), Cancellation));
        await File.AppendAllTextAsync(host.PathOf("cl2/other/alone"), " too", Cancellation);
        Assert.Equal("alone", await File.ReadAllTextAsync(host.PathOf("cl-outside"), Cancellation));
    }

    [Fact]
    public async Task Copy_TreeWithASocket_CopiesTheRestAndSaysSo()
    {
        host.Put("cps/file");
        using var socket = host.PutSocket("cps/socket");
        FilesHost.Fails(FaultCode.NotARegularFile, await CopyAsync("cps", "cps2"));
        Assert.Equal(["file"], host.Names("cps2"));
        FilesHost.Fails(FaultCode.NotARegularFile, await host.Files.CopyAsync("/dev/null", host.PathOf("null"), true, true, Cancellation));
    }

    [Fact]
    public async Task Copy_SparseFile_StaysSparse()
    {
        var path = host.Put("sparse", "");
        await using (var file = new FileStream(path, FileMode.Open)) file.SetLength(1L << 40);
        FilesHost.Succeeds(await CopyAsync("sparse", "sparse2"));
        Assert.Equal(1L << 40, new FileInfo(host.PathOf("sparse2")).Length);
    }

    [Fact]
    public async Task Remove_EveryKind_AndNeverThroughALink()
    {
        host.Put("rm-outside/kept");
        host.Put("rm/a/b/c");
        host.PutLink("rm/a/link", host.PathOf("rm-outside"));
        host.PutFifo("rm/fifo");
        FilesHost.Fails(FaultCode.DirectoryNotEmpty, await RemoveAsync("rm", false));
        FilesHost.Succeeds(await RemoveAsync("rm/fifo", false));
        FilesHost.Succeeds(await RemoveAsync("rm", true));
        Assert.False(Directory.Exists(host.PathOf("rm")));
        FilesHost.Succeeds(await RemoveAsync(Path.GetFileName(host.PutLink("rm-link", host.PathOf("rm-outside"))), true));
        Assert.Equal(["kept"], host.Names("rm-outside"));
        FilesHost.Fails(FaultCode.FileNotFound, await RemoveAsync("rm", true));
        FilesHost.Fails(FaultCode.InvalidPath, await host.Files.RemoveAsync("/", true, Cancellation));
        FilesHost.Fails(FaultCode.InvalidPath, await RemoveAsync("rm-outside/..", true));
    }

    [Fact]
    public async Task Remove_DeeperThanDescriptorsGo_IsRemovedAll()
    {
        var deep = host.PathOf("deep");
        for (var i = 0; i < 600; i++) deep += "/d";
        FilesHost.Succeeds(await host.Files.MakeDirectoryAsync(deep, true, null, null, Cancellation));
        FilesHost.Succeeds(await host.Files.MakeDirectoryAsync(deep + "/beside", true, null, null, Cancellation));
        FilesHost.Fails(FaultCode.TooLarge, await host.Files.ChmodAsync(host.PathOf("deep"), 0x1ED, true, Cancellation));
        FilesHost.Succeeds(await RemoveAsync("deep", true));
        Assert.False(Directory.Exists(host.PathOf("deep")));
    }

    [Fact]
    public async Task Remove_WhileASymlinkIsSwappedIn_NeverLeavesTheTree()
    {
        host.Put("rs-outside/deep/kept");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        host.PutDirectory("rs");
        var swapping = Swapper.RunAsync(host.PathOf("rs/swap"), host.PathOf("rs-outside"), stop.Token);
        for (var i = 0; i < 300; i++)
        {
            host.PutDirectory("rs");
            await host.Files.MakeDirectoryAsync(host.PathOf("rs/swap/deep"), true, null, null, Cancellation);
            await RemoveAsync("rs", true);
        }

        await stop.CancelAsync();
        Assert.True(await swapping > 1000);
        Assert.Equal(["kept"], host.Names("rs-outside/deep"));
    }

    [Fact]
    public async Task Chmod_Recursive_LeavesSymlinksAlone()
    {
        var outside = host.Put("ch-outside");
        host.Put("ch/a/file");
        host.PutLink("ch/a/link", outside);
        FilesHost.Succeeds(await host.Files.ChmodAsync(host.PathOf("ch"), 0x1C0, true, Cancellation));
        Assert.Equal(0x1C0, await ModeAsync("ch/a/file"));
        Assert.Equal(0x1C0, await ModeAsync("ch/a"));
        Assert.Equal(0x1A4, await ModeAsync("ch-outside"));
        var link = host.PutLink("ch-link", host.PathOf("ch"));
        FilesHost.Fails(FaultCode.NotADirectory, await host.Files.ChmodAsync(link, 0x1FF, true, Cancellation));
        FilesHost.Succeeds(await host.Files.ChmodAsync(link, 0x1E8, false, Cancellation));
        Assert.Equal(0x1E8, await ModeAsync("ch"));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ChmodAsync(link, 0x1000, false, Cancellation));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ChmodAsync(link, -1, false, Cancellation));
        FilesHost.Fails(FaultCode.FileNotFound, await host.Files.ChmodAsync(host.PathOf("ch/none"), 0, false, Cancellation));
    }

    [Fact]
    public async Task Chown_Recursive_ChangesLinksThemselves()
    {
        var outside = host.Put("co-outside");
        var program = host.Put("co/a/program");
        host.PutLink("co/a/link", outside);
        FilesHost.Succeeds(await host.Files.ChmodAsync(program, 0x9ED, false, Cancellation));
        FilesHost.Succeeds(await host.Files.ChownAsync(host.PathOf("co"), new FileOwner("77:78"), true, Cancellation));
        var link = FilesHost.Succeeds(await host.Files.StatAsync(host.PathOf("co/a/link"), false, Cancellation));
        Assert.Equal((77, 78), (link.Uid, link.Gid));
        Assert.Equal(0, FilesHost.Succeeds(await host.Files.StatAsync(outside, false, Cancellation)).Uid);
        Assert.Equal(0x1ED, await ModeAsync("co/a/program"));
        FilesHost.Fails(FaultCode.UserNotFound, await host.Files.ChownAsync(program, new FileOwner("nobody-here"), false, Cancellation));
    }

    /// <summary>In a file's place.</summary>
    private static void Link(string existing, string name)
    {
        File.Delete(name);
        using var linked = System.Diagnostics.Process.Start("ln", [existing, name]);
        linked.WaitForExit();
        Assert.Equal(0, linked.ExitCode);
    }

    private async Task<int> ModeAsync(string name) => FilesHost.Succeeds(await host.Files.StatAsync(host.PathOf(name), false, Cancellation)).Mode;

    private Task<Result<FileEntry>> MoveAsync(string from, string to, bool overwrite) => host.Files.MoveAsync(host.PathOf(from), host.PathOf(to), overwrite, Cancellation);

    private Task<Result<FileEntry>> CopyAsync(string from, string to, bool recursive = true, bool overwrite = true) =>
        host.Files.CopyAsync(host.PathOf(from), host.PathOf(to), recursive, overwrite, Cancellation);

    private Task<Result<Done>> RemoveAsync(string name, bool recursive) => host.Files.RemoveAsync(host.PathOf(name), recursive, Cancellation);
}
