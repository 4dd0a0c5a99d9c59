using System.Text;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Google.Protobuf;

namespace Atoll.Agent.Tests.Files;

public sealed class StatAndListTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stat_File_HasEverything()
    {
        var path = host.Put("stat/file", "12345");
        FilesHost.Succeeds(await host.Files.ChmodAsync(path, 0x9ED, false, Cancellation)); // 04755
        var entry = FilesHost.Succeeds(await host.Files.StatAsync(path, true, Cancellation));
        Assert.Equal((path, "file", FileKind.File, 5L, 0x9ED), (entry.Path, entry.Name, entry.Kind, entry.SizeBytes, entry.Mode));
        Assert.Equal((0, 0, "root", "root"), (entry.Uid, entry.Gid, entry.User, entry.Group));
        Assert.Equal(new DateTimeOffset(File.GetLastWriteTimeUtc(path)), entry.ModifiedAt);
        Assert.Null(entry.SymlinkTarget);
        Assert.Null(entry.RawPath);
    }

    [Fact]
    public async Task Stat_Symlink_IsItselfUnlessFollowed()
    {
        var link = host.PutLink("stat-link", host.Put("stat-target"));
        var entry = FilesHost.Succeeds(await host.Files.StatAsync(link, false, Cancellation));
        Assert.Equal((FileKind.Symlink, host.PathOf("stat-target")), (entry.Kind, entry.SymlinkTarget));
        Assert.Equal(FileKind.File, FilesHost.Succeeds(await host.Files.StatAsync(link, true, Cancellation)).Kind);
    }

    [Fact]
    public async Task Stat_EveryKind_IsTold()
    {
        host.PutDirectory("kinds");
        host.PutFifo("kinds/fifo");
        using var socket = host.PutSocket("kinds/socket");
        foreach (var (path, kind) in new[]
        {
            (host.PathOf("kinds"), FileKind.Directory), (host.PathOf("kinds/fifo"), FileKind.Fifo), (host.PathOf("kinds/socket"), FileKind.Socket),
            ("/dev/null", FileKind.CharacterDevice), ("/", FileKind.Directory),
        })
        {
            Assert.Equal(kind, FilesHost.Succeeds(await host.Files.StatAsync(path, false, Cancellation)).Kind);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a\0b")]
    public async Task Stat_PathThatIsNone_IsInvalidPath(string path) => FilesHost.Fails(FaultCode.InvalidPath, await host.Files.StatAsync(path, true, Cancellation));

    [Fact]
    public async Task Stat_PathOf4096Bytes_IsInvalidPath()
    {
        FilesHost.Fails(FaultCode.InvalidPath, await host.Files.StatAsync("/" + new string('a', 4095), true, Cancellation));
        FilesHost.Fails(FaultCode.InvalidPath, await host.Files.StatAsync("/" + new string('a', 300), true, Cancellation));
        FilesHost.Fails(FaultCode.InvalidPath, await host.Files.StatAsync("/" + (char)0xD800, true, Cancellation));
        FilesHost.Fails(FaultCode.FileNotFound, await host.Files.StatAsync("/" + string.Join('/', Enumerable.Repeat("a", 2047)), true, Cancellation));
    }

    [Theory]
    [InlineData("\0", FailureCode.InvalidPath)]
    [InlineData("", FailureCode.InvalidPath)]
    public async Task Stat_BadPathOnTheWire_IsRefusedByTheAgentToo(string path, FailureCode code)
    {
        await using var connection = await host.Client.CallAsync(new Call { Stat = new() { Path = ByteString.CopyFromUtf8(path) } }, Cancellation);
        Assert.Equal(code, (await connection.ReadAsync(Cancellation))!.Failure.Code);
    }

    [Fact]
    public async Task Stat_MissingLoopOrThroughAFile_HasItsOwnCode()
    {
        host.PutLink("loop", host.PathOf("loop"));
        FilesHost.Fails(FaultCode.FileNotFound, await host.Files.StatAsync(host.PathOf("none"), true, Cancellation));
        FilesHost.Fails(FaultCode.InvalidPath, await host.Files.StatAsync(host.PathOf("loop"), true, Cancellation));
        FilesHost.Fails(FaultCode.NotADirectory, await host.Files.StatAsync(host.Put("plain") + "/x", true, Cancellation));
    }

    [Fact]
    public async Task Stat_DotsAndSlashes_AreTidied()
    {
        var path = host.Put("tidy/file");
        var entry = FilesHost.Succeeds(await host.Files.StatAsync(host.Folder + "//./tidy/../tidy/file/", true, Cancellation));
        Assert.Equal(host.Folder + "/tidy/../tidy/file", entry.Path);
        var relative = FilesHost.Succeeds(await host.Files.StatAsync(path[1..], true, Cancellation));
        Assert.Equal(path, relative.Path);
    }

    [Fact]
    public async Task List_Depths_GiveDirectoriesBeforeTheirContent()
    {
        host.Put("list/a/b/c");
        host.Put("list/d");
        Assert.Equal(["a", "d"], (await NamesAsync("list", 1)).Order());
        var all = await NamesAsync("list", 64);
        Assert.Equal(["a", "a/b", "a/b/c", "d"], all.Order(StringComparer.Ordinal));
        Assert.True(all.IndexOf("a") < all.IndexOf("a/b") && all.IndexOf("a/b") < all.IndexOf("a/b/c"));
        Assert.Equal(3, (await NamesAsync("list", 2)).Count);
    }

    [Fact]
    public async Task List_Pattern_FiltersNamesAndStillDescends()
    {
        host.Put("globs/x.txt");
        host.Put("globs/deep/y.txt");
        host.Put("globs/z.md");
        Assert.Equal(["deep/y.txt", "x.txt"], (await NamesAsync("globs", 9, "*.txt")).Order(StringComparer.Ordinal));
        Assert.Equal(["x.txt", "z.md"], (await NamesAsync("globs", 9, "[x-z].[!q]*")).Where(name => !name.Contains('/')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task List_SymlinkInside_IsNotFollowed()
    {
        host.PutDirectory("links");
        host.PutLink("links/up", "..");
        Assert.Equal(["up"], await NamesAsync("links", 64));
    }

    [Fact]
    public async Task List_NameThatIsNotUtf8_HasItsBytes()
    {
        host.PutDirectory("raw");
        using (var made = new System.Diagnostics.Process { StartInfo = new("/bin/sh", ["-c", "touch \"$(printf 'a\\377b')\""]) { WorkingDirectory = host.PathOf("raw") } })
        {
            made.Start();
            await made.WaitForExitAsync(Cancellation);
        }

        var entry = Assert.Single(await ListAsync("raw", 1));
        Assert.Equal("a\uFFFDb", entry.Name);
        Assert.Equal([.. Encoding.UTF8.GetBytes(host.PathOf("raw/a")), 0xFF, (byte)'b'], entry.RawPath!.Value.ToArray());
        var there = FilesHost.Succeeds(await host.Files.StatAsync(PathText.Decode(entry.RawPath.Value.Span), false, Cancellation));
        Assert.Equal(entry.RawPath.Value.ToArray(), there.RawPath!.Value.ToArray());
        FilesHost.Succeeds(await host.Files.RemoveAsync(host.PathOf("raw"), true, Cancellation));
    }

    [Fact]
    public async Task List_NoDirectory_Fails()
    {
        FilesHost.Fails(FaultCode.NotADirectory, await host.Files.ListAsync(host.Put("file"), 1, null, Cancellation));
        FilesHost.Fails(FaultCode.FileNotFound, await host.Files.ListAsync(host.PathOf("nothing"), 1, null, Cancellation));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ListAsync(host.Folder, 65, null, Cancellation));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ListAsync(host.Folder, 0, null, Cancellation));
    }

    [Fact]
    public async Task List_ProcToItsDepth_Ends()
    {
        var count = 0;
        await foreach (var entry in FilesHost.Succeeds(await host.Files.ListAsync("/proc/self", 3, null, Cancellation))) count++;
        Assert.True(count > 50);
    }

    private async Task<List<FileEntry>> ListAsync(string name, int depth, string? pattern = null)
    {
        List<FileEntry> entries = [];
        await foreach (var entry in FilesHost.Succeeds(await host.Files.ListAsync(host.PathOf(name), depth, pattern, Cancellation))) entries.Add(entry);
        return entries;
    }

    private async Task<List<string>> NamesAsync(string name, int depth, string? pattern = null) =>
        [.. (await ListAsync(name, depth, pattern)).Select(entry => Path.GetRelativePath(host.PathOf(name), entry.Path))];
}
