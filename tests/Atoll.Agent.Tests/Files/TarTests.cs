using System.Formats.Tar;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Agent.Tests.Files;

public sealed class TarTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ArchiveAndExtract_Tree_ComesBackTheSame()
    {
        var longName = string.Join('/', Enumerable.Repeat(new string('n', 90), 3));
        host.Put("in/a/file", "text");
        host.Put("in/" + longName, new string('x', 700_000));
        host.PutLink("in/link", new string('t', 150));
        host.PutFifo("in/fifo");
        using var socket = host.PutSocket("in/socket");
        FilesHost.Succeeds(await host.Files.ChownAsync(host.PathOf("in/a/file"), new FileOwner("3000000:12"), false, Cancellation));
        FilesHost.Succeeds(await host.Files.ChmodAsync(host.PathOf("in/a/file"), 0x9E8, false, Cancellation));
        using var tar = await ArchiveAsync("in");
        Assert.Equal(0, tar.Length % 512);
        Assert.Equal(7, FilesHost.Succeeds(await host.Files.ExtractAsync(host.PathOf("out/new"), tar, null, Cancellation)));
        Assert.Equal(["a", "fifo", "link", new string('n', 90)], host.Names("out/new"));
        Assert.Equal(700_000, new FileInfo(host.PathOf("out/new/" + longName)).Length);
        Assert.Equal(new string('t', 150), new FileInfo(host.PathOf("out/new/link")).LinkTarget);
        var entry = FilesHost.Succeeds(await host.Files.StatAsync(host.PathOf("out/new/a/file"), false, Cancellation));
        Assert.Equal((0x9E8, 3000000, 12), (entry.Mode, entry.Uid, entry.Gid));
    }

    [Fact]
    public async Task Archive_ReadByAnotherReader_IsUnderstood()
    {
        host.Put("other/" + new string('é', 80), "text");
        using var tar = await ArchiveAsync("other");
        await using var reader = new TarReader(tar);
        var entry = (await reader.GetNextEntryAsync(true, Cancellation))!;
        Assert.Equal((new string('é', 80), 4L), (entry.Name, entry.Length));
        Assert.Null(await reader.GetNextEntryAsync(true, Cancellation));
        using var single = await ArchiveAsync("other/" + new string('é', 80));
        Assert.True(single.Length > 1024);
        FilesHost.Fails(FaultCode.FileNotFound, await host.Files.ArchiveAsync(host.PathOf("nothing"), Cancellation));
        FilesHost.Fails(FaultCode.NotARegularFile, await host.Files.ArchiveAsync(host.PutFifo("a-fifo"), Cancellation));
    }

    [Fact]
    public async Task Archive_FileShrinksMeanwhile_StaysWellFormed()
    {
        host.Put("shrink/a", "");
        await using (var file = new FileStream(host.PathOf("shrink/a"), FileMode.Open)) file.Write(Enumerable.Repeat((byte)'a', 64 * 1024 * 1024).ToArray());
        host.Put("shrink/b", "after");
        await using var stream = FilesHost.Succeeds(await host.Files.ArchiveAsync(host.PathOf("shrink"), Cancellation));
        await using (var file = new FileStream(host.PathOf("shrink/a"), FileMode.Open)) file.SetLength(3);
        await using var reader = new TarReader(stream);
        List<string> names = [];
        while (await reader.GetNextEntryAsync(false, Cancellation) is { } entry) names.Add(entry.Name);
        Assert.Equal(["a", "b"], names.Order());
    }

    [Theory]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.V7)]
    public async Task Extract_EveryFormat_IsUnderstood(TarEntryFormat format)
    {
        var name = format is TarEntryFormat.Pax or TarEntryFormat.Gnu ? "dir/" + new string('l', 200) : "dir/file";
        var type = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
        using var tar = Tar(format, writer =>
        {
            writer.WriteEntry(Make(format, TarEntryType.Directory, "dir"));
            writer.WriteEntry(Make(format, type, name, content: "hello"));
            writer.WriteEntry(Make(format, TarEntryType.HardLink, "hard", link: name));
        });
        var target = $"formats/{format}";
        Assert.Equal(3, FilesHost.Succeeds(await host.Files.ExtractAsync(host.PathOf(target), tar, new FileOwner("9:9"), Cancellation)));
        Assert.Equal("hello", await File.ReadAllTextAsync(host.PathOf($"{target}/{name}"), Cancellation));
        Assert.Equal("hello", await File.ReadAllTextAsync(host.PathOf($"{target}/hard"), Cancellation));
        Assert.Equal(9, FilesHost.Succeeds(await host.Files.StatAsync(host.PathOf($"{target}/{name}"), false, Cancellation)).Uid);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/evil")]
    public async Task Extract_NameThatLeadsOut_IsRefused(string name)
    {
        host.PutDirectory("slip/target");
        using var tar = Tar(TarEntryFormat.Ustar, writer => writer.WriteEntry(Make(TarEntryFormat.Ustar, TarEntryType.RegularFile, name, content: "x")));
        var result = await host.Files.ExtractAsync(host.PathOf("slip/target"), tar, null, Cancellation);
        FilesHost.Fails(FaultCode.InvalidRequest, result);
        Assert.Contains("byte 0", result.Fault!.Detail, StringComparison.Ordinal);
        Assert.Equal(["target"], host.Names("slip"));
        Assert.False(File.Exists("/evil"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Extract_ThroughAPlantedSymlink_StaysInside(bool absolute)
    {
        var name = $"planted-{absolute}";
        host.Put($"{name}/outside/victim", "old");
        using var tar = Tar(TarEntryFormat.Pax, writer =>
        {
            writer.WriteEntry(Make(TarEntryFormat.Pax, TarEntryType.SymbolicLink, "out", link: absolute ? host.PathOf(name + "/outside") : "../outside"));
            writer.WriteEntry(Make(TarEntryFormat.Pax, TarEntryType.RegularFile, "out/victim", content: "evil"));
            writer.WriteEntry(Make(TarEntryFormat.Pax, TarEntryType.SymbolicLink, "file", link: host.PathOf(name + "/outside/victim")));
            writer.WriteEntry(Make(TarEntryFormat.Pax, TarEntryType.RegularFile, "file", content: "evil"));
            writer.WriteEntry(Make(TarEntryFormat.Pax, TarEntryType.HardLink, "hard", link: "out/victim"));
        });
        FilesHost.Succeeds(await host.Files.ExtractAsync(host.PathOf(name + "/target"), tar, null, Cancellation));
        Assert.Equal(["victim"], host.Names(name + "/outside"));
        Assert.Equal("old", await File.ReadAllTextAsync(host.PathOf(name + "/outside/victim"), Cancellation));
        Assert.Equal("evil", await File.ReadAllTextAsync(host.PathOf(name + "/target/file"), Cancellation));
    }

    [Fact]
    public async Task Extract_Device_IsRefused()
    {
        using var tar = Tar(TarEntryFormat.Ustar, writer => writer.WriteEntry(new UstarTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3 }));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ExtractAsync(host.PathOf("device"), tar, null, Cancellation));
        Assert.Empty(host.Names("device"));
    }

    [Fact]
    public async Task Extract_CutAnywhere_SaysSoAndLeavesNoHalfFile()
    {
        host.Put("cut-in/file", new string('x', 3000));
        using var tar = await ArchiveAsync("cut-in");
        var whole = tar.ToArray();
        foreach (var length in new[] { 0, 100, 512, 1000, 3500, 3584, 4000 })
        {
            var target = $"cut-{length}";
            var result = await host.Files.ExtractAsync(host.PathOf(target), new MemoryStream(whole[..length]), null, Cancellation);
            FilesHost.Fails(FaultCode.InvalidRequest, result);
            Assert.Contains($"byte {length}", result.Fault!.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain(host.Names(target), name => name.EndsWith(".tmp", StringComparison.Ordinal));
        }

        whole[20] ^= 1;
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ExtractAsync(host.PathOf("cut-sum"), new MemoryStream(whole), null, Cancellation));
    }

    private static TarEntry Make(TarEntryFormat format, TarEntryType type, string name, string? link = null, string? content = null)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name),
        };
        if (link is not null) entry.LinkName = link;
        if (content is not null) entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
        return entry;
    }

    private static MemoryStream Tar(TarEntryFormat format, Action<TarWriter> write)
    {
        var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, format, leaveOpen: true)) write(writer);
        bytes.Position = 0;
        return bytes;
    }

    private async Task<MemoryStream> ArchiveAsync(string name)
    {
        await using var stream = FilesHost.Succeeds(await host.Files.ArchiveAsync(host.PathOf(name), Cancellation));
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancellation);
        bytes.Position = 0;
        return bytes;
    }
}
