using System.Diagnostics;
using System.Text;
using Atoll.Agent.Tests.Real;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;
using Atoll.Machine.Guests.Files;

namespace Atoll.Agent.Tests.Files;

/// <summary>The file calls of the agent as it is shipped, as process 1 of a root filesystem with nothing but busybox.</summary>
public sealed class RealFilesTests(AgentBox box) : IClassFixture<AgentBox>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private GuestFiles Files => (GuestFiles)box.Guest.Files;

    [Fact]
    public async Task WriteAndStat_OwnerOfTheSandbox_IsNamedByItsOwnAccounts()
    {
        var options = new FileWriteOptions(true, 0x180, new FileOwner("user"));
        var entry = FilesHost.Succeeds(await Files.WriteAsync("/home/user/a/b", Content("text"), options, Cancellation));
        Assert.Equal((1000, 1000, "user", "user", 0x180), (entry.Uid, entry.Gid, entry.User, entry.Group, entry.Mode));
        FilesHost.Fails(FaultCode.UserNotFound, await Files.ChownAsync("/home/user/a/b", new FileOwner("nobody"), false, Cancellation));
    }

    [Fact]
    public async Task Read_SymlinkToShadow_EndsInsideTheSandbox()
    {
        FilesHost.Succeeds(await box.Guest.Processes.ExecAsync(AgentBox.Shell("ln -s /etc/shadow /tmp/shadow; ln -s /proc/self/root/etc/shadow /tmp/by-proc"), 1000, Cancellation));
        FilesHost.Fails(FaultCode.FileNotFound, await Files.ReadAsync("/tmp/shadow", 0, null, Cancellation));
        FilesHost.Fails(FaultCode.FileNotFound, await Files.ReadAsync("/tmp/by-proc", 0, null, Cancellation));
        FilesHost.Fails(FaultCode.FileNotFound, await Files.ReadAsync("/../../../../etc/shadow", 0, null, Cancellation));
    }

    [Fact]
    public async Task Read_DevicesAndPipes_AreRefusedWithoutWaiting()
    {
        FilesHost.Succeeds(await box.Guest.Processes.ExecAsync(AgentBox.Shell("mkfifo /tmp/fifo"), 1000, Cancellation));
        foreach (var path in new[] { "/dev/zero", "/dev/tty", "/tmp/fifo", "/proc/kmsg" })
        {
            FilesHost.Fails(FaultCode.NotARegularFile, await Files.ReadAsync(path, 0, null, Cancellation));
        }
    }

    [Fact]
    public async Task FindAndReplace_Expressions_WorkInTheNativeBinary()
    {
        FilesHost.Succeeds(await Files.WriteAsync("/tmp/re/file", Content("alpha 1\nbeta 22\n"), new(true, null, null), Cancellation));
        List<FileMatch> found = [];
        await foreach (var match in FilesHost.Succeeds(await Files.FindAsync(new("/tmp/re", "*", @"^\w+ \d{2}$", true, true, 5), Cancellation))) found.Add(match);
        Assert.Equal(new FileMatch("/tmp/re/file", 2, "beta 22"), Assert.Single(found));
        var replaced = FilesHost.Succeeds(await Files.ReplaceAsync(new(["/tmp/re/file"], @"(\d+)", "<$1>", true), Cancellation));
        Assert.Equal(2, Assert.Single(replaced).Replaced);
        FilesHost.Fails(FaultCode.InvalidRequest, await Files.FindAsync(new("/tmp/re", null, "(", true, false, 5), Cancellation));
    }

    [Fact]
    public async Task Watch_ProcessInside_IsSeen()
    {
        FilesHost.Succeeds(await Files.MakeDirectoryAsync("/tmp/watched", true, null, null, Cancellation));
        await using var changes = FilesHost.Succeeds(await Files.WatchAsync("/tmp/watched", true, Cancellation)).GetAsyncEnumerator(Cancellation);
        Assert.True(await changes.MoveNextAsync());
        FilesHost.Succeeds(await box.Guest.Processes.ExecAsync(AgentBox.Shell("mkdir -p /tmp/watched/a/b; echo x > /tmp/watched/a/b/c"), 1000, Cancellation));
        do Assert.True(await changes.MoveNextAsync());
        while (changes.Current.Path != "/tmp/watched/a/b/c");
    }

    [Fact]
    public async Task ReadWriteArchiveExtract_HundredMegabytes_ComeBackTheSame()
    {
        var bytes = new byte[100_000_000];
        Random.Shared.NextBytes(bytes);
        await TimedAsync("write", async () => FilesHost.Succeeds(await Files.WriteAsync("/tmp/big/file", new MemoryStream(bytes), new(true, null, null), Cancellation)));
        var back = new MemoryStream(bytes.Length);
        await TimedAsync("read", async () =>
        {
            await using var content = FilesHost.Succeeds(await Files.ReadAsync("/tmp/big/file", 0, null, Cancellation));
            await content.Bytes.CopyToAsync(back, Cancellation);
        });
        Assert.True(bytes.AsSpan().SequenceEqual(back.GetBuffer().AsSpan(0, (int)back.Length)));
        using var tar = new MemoryStream(bytes.Length + 10_000);
        await TimedAsync("archive", async () =>
        {
            await using var stream = FilesHost.Succeeds(await Files.ArchiveAsync("/tmp/big", Cancellation));
            await stream.CopyToAsync(tar, Cancellation);
        });
        tar.Position = 0;
        await TimedAsync("extract", async () => Assert.Equal(1, FilesHost.Succeeds(await Files.ExtractAsync("/tmp/out", tar, null, Cancellation))));
        Assert.Equal(bytes.Length, FilesHost.Succeeds(await Files.StatAsync("/tmp/out/file", false, Cancellation)).SizeBytes);
        FilesHost.Succeeds(await Files.RemoveAsync("/tmp/out", true, Cancellation));
        FilesHost.Succeeds(await Files.RemoveAsync("/tmp/big", true, Cancellation));
    }

    /// <summary>Figures for people; on a shared machine they are no promise that a test could keep.</summary>
    private static async Task TimedAsync(string what, Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        TestContext.Current.TestOutputHelper!.WriteLine($"{what}: {100 / Stopwatch.GetElapsedTime(started).TotalSeconds:0} MB/s");
    }

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));
}
