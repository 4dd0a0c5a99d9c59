using System.Diagnostics;
using System.Text;
using Atoll.Agent.Files.Changing;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Testing;

namespace Atoll.Agent.Tests.Files;

public sealed class WriteTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static readonly FileWriteOptions Plain = new(Parents: false, Mode: null, Owner: null);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_New_HasDefaultModeAndRoot()
    {
        var entry = FilesHost.Succeeds(await WriteAsync("new", "text", Plain));
        Assert.Equal((host.PathOf("new"), 4L, 0x1A4, 0, 0), (entry.Path, entry.SizeBytes, entry.Mode, entry.Uid, entry.Gid));
        Assert.Equal("text", await File.ReadAllTextAsync(host.PathOf("new"), Cancellation));
    }

    /// <summary>What is still open for writing cannot be run (ETXTBSY). The agent said that a program was there, and then closed it.</summary>
    [Fact]
    public void Write_OfAProgram_IsClosedWhenItHasItsName()
    {
        using var file = FileWriter.Open(Encoding.UTF8.GetBytes(host.PathOf("program")), new WriteOptions(Parents: false, 0x1ED, null, Overwrite: true));
        file.Write("#!/bin/sh\nexit 7\n"u8);
        file.Commit();
        using var process = Process.Start(host.PathOf("program"));
        process.WaitForExit();
        Assert.Equal(7, process.ExitCode);
    }

    [Fact]
    public async Task Write_ModeAndOwner_AreSetAlsoOnParents()
    {
        var entry = FilesHost.Succeeds(await WriteAsync("p/q/file", "x", new(Parents: true, 0x9C0, new FileOwner("1234:4321"))));
        Assert.Equal((0x9C0, 1234, 4321, "1234", "4321"), (entry.Mode, entry.Uid, entry.Gid, entry.User, entry.Group));
        Assert.Equal(1234, FilesHost.Succeeds(await host.Files.StatAsync(host.PathOf("p/q"), true, Cancellation)).Uid);
        Assert.Equal(0x1ED, FilesHost.Succeeds(await host.Files.StatAsync(host.PathOf("p"), true, Cancellation)).Mode);
    }

    [Fact]
    public async Task Write_OverAFile_KeepsModeAndOwner()
    {
        FilesHost.Succeeds(await WriteAsync("kept", "old", new(false, 0x1C0, new FileOwner("7:8"))));
        var entry = FilesHost.Succeeds(await WriteAsync("kept", "new", Plain));
        Assert.Equal((0x1C0, 7, 8), (entry.Mode, entry.Uid, entry.Gid));
    }

    [Fact]
    public async Task Write_OwnerByName_IsFoundInTheAccounts()
    {
        var entry = FilesHost.Succeeds(await WriteAsync("named", "", new(false, null, new FileOwner("nobody"))));
        Assert.Equal((65534, 65534, "nobody", "nogroup"), (entry.Uid, entry.Gid, entry.User, entry.Group));
        FilesHost.Fails(FaultCode.UserNotFound, await WriteAsync("named", "", new(false, null, new FileOwner("no-such-user"))));
        FilesHost.Fails(FaultCode.UserNotFound, await WriteAsync("named", "", new(false, null, new FileOwner("root:no-such-group"))));
        FilesHost.Fails(FaultCode.InvalidRequest, await WriteAsync("named", "", new(false, null, new FileOwner("4294967296"))));
        FilesHost.Fails(FaultCode.InvalidRequest, await WriteAsync("named", "", new(false, null, new FileOwner("2147483648"))));
        FilesHost.Fails(FaultCode.InvalidRequest, await WriteAsync("named", "", new(false, 0x1000, null)));
    }

    [Fact]
    public async Task Write_WithoutOverwrite_RefusesWhatIsThere()
    {
        host.Put("there", "old");
        host.PutLink("there-link", host.PathOf("dangling"));
        FilesHost.Fails(FaultCode.FileExists, await WriteAsync("there", "new", Plain with { Overwrite = false }));
        FilesHost.Fails(FaultCode.FileExists, await WriteAsync("there-link", "new", Plain with { Overwrite = false }));
        Assert.Equal("old", await File.ReadAllTextAsync(host.PathOf("there"), Cancellation));
        Assert.False(File.Exists(host.PathOf("dangling")));
    }

    [Fact]
    public async Task Write_ThroughASymlink_WritesItsTargetAndKeepsTheLink()
    {
        host.Put("real/file", "old");
        host.PutLink("one", "real/two");
        host.PutLink("real/two", "file");
        var entry = FilesHost.Succeeds(await WriteAsync("one", "new", Plain));
        Assert.Equal("new", await File.ReadAllTextAsync(host.PathOf("real/file"), Cancellation));
        Assert.NotNull(new FileInfo(host.PathOf("one")).LinkTarget);
        Assert.Equal(host.PathOf("real/file"), entry.Path);
        host.PutLink("to-nothing", host.PathOf("made-by-link"));
        FilesHost.Succeeds(await WriteAsync("to-nothing", "made", Plain));
        Assert.Equal("made", await File.ReadAllTextAsync(host.PathOf("made-by-link"), Cancellation));
        host.PutLink("round", "round");
        FilesHost.Fails(FaultCode.InvalidPath, await WriteAsync("round", "", Plain));
    }

    [Fact]
    public async Task Write_OntoWhatIsNoFile_IsRefused()
    {
        host.PutDirectory("dir");
        host.PutFifo("fifo");
        FilesHost.Fails(FaultCode.IsADirectory, await WriteAsync("dir", "", Plain));
        FilesHost.Fails(FaultCode.IsADirectory, await host.Files.WriteAsync("/", Stream.Null, Plain, Cancellation));
        FilesHost.Fails(FaultCode.NotARegularFile, await WriteAsync("fifo", "", Plain));
        FilesHost.Fails(FaultCode.NotARegularFile, await host.Files.WriteAsync("/dev/null", Stream.Null, Plain, Cancellation));
        FilesHost.Fails(FaultCode.FileNotFound, await WriteAsync("no/parent", "", Plain));
        host.Put("a-file");
        FilesHost.Fails(FaultCode.NotADirectory, await WriteAsync("a-file/below", "", Plain with { Parents = true }));
        FilesHost.Fails(FaultCode.InvalidPath, await WriteAsync(new string('n', 256), "", Plain));
    }

    [Fact]
    public async Task Write_SourceBreaksOff_LeavesTheOldFileAndNothingElse()
    {
        host.PutDirectory("broken");
        host.Put("broken/file", "old");
        var source = new BreakingStream(3 * 1024 * 1024);
        await Assert.ThrowsAsync<IOException>(() => host.Files.WriteAsync(host.PathOf("broken/file"), source, Plain, Cancellation));
        await Eventually.HoldsAsync("the temporary file is gone", () => host.Names("broken").Length == 1, Cancellation);
        Assert.Equal("old", await File.ReadAllTextAsync(host.PathOf("broken/file"), Cancellation));
    }

    [Fact]
    public async Task Write_Cancelled_LeavesTheOldFileAndNothingElse()
    {
        host.PutDirectory("cancelled");
        host.Put("cancelled/file", "old");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var write = host.Files.WriteAsync(host.PathOf("cancelled/file"), new BreakingStream(1024 * 1024, waits: true), Plain, cancel.Token);
        await Eventually.HoldsAsync("the upload began", () => host.Names("cancelled").Length == 2, Cancellation);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        await Eventually.HoldsAsync("the temporary file is gone", () => host.Names("cancelled").Length == 1, Cancellation);
        Assert.Equal("old", await File.ReadAllTextAsync(host.PathOf("cancelled/file"), Cancellation));
    }

    [Fact]
    public async Task Write_RefusedEarly_IsToldBeforeTheSourceEnds()
    {
        var source = new BreakingStream(1024, waits: true);
        FilesHost.Fails(FaultCode.IsADirectory, await host.Files.WriteAsync(host.Folder, source, Plain, Cancellation));
    }

    [Fact]
    public async Task Write_FullFilesystem_IsNoSpaceAndLeavesNothing()
    {
        var mount = host.PutDirectory("small");
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "atoll-files-test", mount);
        try
        {
            host.Put("small/file", "old");
            using var large = new MemoryStream(new byte[8 * 1024 * 1024]);
            FilesHost.Fails(FaultCode.NoSpace, await host.Files.WriteAsync(mount + "/file", large, Plain, Cancellation));
            Assert.Equal(["file"], host.Names("small"));
            Assert.Equal("old", await File.ReadAllTextAsync(mount + "/file", Cancellation));
            host.Put("large", new string('x', 2_000_000));
            FilesHost.Fails(FaultCode.NoSpace, await host.Files.CopyAsync(host.PathOf("large"), mount + "/copy", false, true, Cancellation));
            FilesHost.Fails(FaultCode.NoSpace, await host.Files.MoveAsync(host.PathOf("large"), mount + "/moved", true, Cancellation));
            Assert.Equal(["file"], host.Names("small"));
            Assert.True(File.Exists(host.PathOf("large")));
            var moved = FilesHost.Succeeds(await host.Files.MoveAsync(mount + "/file", host.PathOf("moved-off"), true, Cancellation));
            Assert.Equal(3, moved.SizeBytes);
            Assert.Empty(host.Names("small"));
        }
        finally
        {
            Run("umount", mount);
        }
    }

    [Fact]
    public async Task Write_FileThatIsAMountPoint_GetsTheContentInPlace()
    {
        var under = host.Put("under", "old");
        var mounted = host.Put("mounted", "");
        Run("mount", "--bind", under, mounted);
        try
        {
            FilesHost.Succeeds(await WriteAsync("mounted", "new content", Plain));
            Assert.Equal("new content", await File.ReadAllTextAsync(under, Cancellation));
        }
        finally
        {
            Run("umount", mounted);
        }

        Assert.DoesNotContain(host.Names(), name => name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_WhileASymlinkIsSwappedIn_NeverLeavesTheTree()
    {
        host.Put("outside/victim", "untouched");
        host.PutDirectory("swapped/a");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var swapping = Swapper.RunAsync(host.PathOf("swapped/file"), host.PathOf("outside/never"), stop.Token);
        for (var i = 0; i < 300; i++) await WriteAsync("swapped/file", "x", Plain with { Overwrite = false });
        await stop.CancelAsync();
        Assert.True(await swapping > 100);
        Assert.Equal(["victim"], host.Names("outside"));
    }

    private Task<Result<FileEntry>> WriteAsync(string name, string content, FileWriteOptions options) =>
        host.Files.WriteAsync(host.PathOf(name), new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)), options, Cancellation);

    private static void Run(string tool, params string[] arguments)
    {
        using var process = Process.Start(tool, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
