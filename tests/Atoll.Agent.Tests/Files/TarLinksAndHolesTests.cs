using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using Atoll.Core.Faults;

namespace Atoll.Agent.Tests.Files;

/// <summary>Archives keep what a tree shares and what it leaves out: hard links and holes, for us and for GNU tar.</summary>
public sealed class TarLinksAndHolesTests(FilesHost host) : IClassFixture<FilesHost>
{
    private const int Size = 64 * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ArchiveAndExtract_LinksAndHoles_ComeBack()
    {
        await PutTreeAsync("own/in");
        using var tar = await ArchiveAsync("own/in");
        Assert.InRange(tar.Length, 1024 * 1024, 3 * 1024 * 1024);
        Assert.Equal(5, FilesHost.Succeeds(await host.Files.ExtractAsync(host.PathOf("own/out"), tar, null, Cancellation)));
        await CheckAsync("own/in", "own/out");
    }

    [Fact]
    public async Task Archive_LinksAndHoles_AreUnderstoodByGnuTar()
    {
        await PutTreeAsync("theirs/in");
        using (var tar = await ArchiveAsync("theirs/in")) await File.WriteAllBytesAsync(host.PathOf("theirs/a.tar"), tar.ToArray(), Cancellation);
        host.PutDirectory("theirs/out");
        await RunAsync("tar", "xf", host.PathOf("theirs/a.tar"), "-C", host.PathOf("theirs/out"));
        await CheckAsync("theirs/in", "theirs/out");
    }

    [Theory]
    [InlineData("--format=gnu")]
    [InlineData("--format=pax", "--sparse-version=0.0")]
    [InlineData("--format=pax", "--sparse-version=0.1")]
    [InlineData("--format=pax", "--sparse-version=1.0")]
    public async Task Extract_SparseOfGnuTar_IsUnderstood(params string[] format)
    {
        var name = "gnu" + string.Concat(format);
        await PutTreeAsync(name + "/in");

        // More pieces than fit into a header of type S.
        await using (var file = new FileStream(host.PathOf(name + "/in/many"), FileMode.Create))
        {
            for (var piece = 0; piece < 100; piece++)
            {
                file.Position = piece * 256 * 1024;
                file.Write("piece"u8);
            }

            file.SetLength(100 * 256 * 1024);
        }

        await RunAsync("tar", ["cSf", host.PathOf(name + "/a.tar"), .. format, "-C", host.PathOf(name + "/in"), "."]);
        await using var tar = File.OpenRead(host.PathOf(name + "/a.tar"));
        Assert.InRange(tar.Length, 1024 * 1024, 5 * 1024 * 1024);
        FilesHost.Succeeds(await host.Files.ExtractAsync(host.PathOf(name + "/out"), tar, null, Cancellation));
        await CheckAsync(name + "/in", name + "/out");
        Assert.Equal(await File.ReadAllBytesAsync(host.PathOf(name + "/in/many"), Cancellation), await File.ReadAllBytesAsync(host.PathOf(name + "/out/many"), Cancellation));
    }

    [Theory]
    [InlineData("overlap", "2\n0\n512\n100\n512\n", 1024, 4096)]
    [InlineData("backwards", "2\n2048\n512\n0\n512\n", 1024, 4096)]
    [InlineData("outside", "1\n4000\n512\n", 512, 4096)]
    [InlineData("far-outside", "1\n9223372036854775807\n512\n", 512, 4096)]
    [InlineData("overflow", "1\n99999999999999999999\n512\n", 512, 4096)]
    [InlineData("shorter", "1\n0\n1024\n", 512, 4096)]
    [InlineData("longer", "1\n0\n512\n", 1024, 4096)]
    [InlineData("no-map", "", 512, 4096)]
    [InlineData("empty-number", "1\n\n512\n", 512, 4096)]
    [InlineData("letters", "1\nzero\n512\n", 512, 4096)]
    [InlineData("cut-map", "5\n0\n512\n", 512, 4096)]
    [InlineData("too-many", "100000000\n0\n512\n", 512, 4096)]
    [InlineData("negative-size", "1\n0\n512\n", 512, -1)]
    public async Task Extract_MapThatCannotBe_IsRefused(string name, string map, int content, long size)
    {
        var records = new Dictionary<string, string> { ["GNU.sparse.major"] = "1", ["GNU.sparse.minor"] = "0", ["GNU.sparse.name"] = "file", ["GNU.sparse.realsize"] = $"{size}" };
        var bytes = new byte[512 + content];
        Encoding.ASCII.GetBytes(map).CopyTo(bytes, 0);
        bytes.AsSpan(512).Fill((byte)'x');
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "GNUSparseFile.0/file", records) { DataStream = new MemoryStream(bytes) }, Cancellation);
        tar.Position = 0;
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ExtractAsync(host.PathOf($"bad/{name}"), tar, null, Cancellation));
        Assert.Empty(host.Names($"bad/{name}"));
    }

    [Fact]
    public async Task Extract_LinkThatLeadsOut_IsRefused()
    {
        host.Put("leads/victim", "old");
        host.PutDirectory("leads/out");
        foreach (var target in (string[])["../victim", host.PathOf("leads/victim"), "missing"])
        {
            using var tar = new MemoryStream();
            await using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.HardLink, "link") { LinkName = target }, Cancellation);
            tar.Position = 0;
            FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ExtractAsync(host.PathOf("leads/out"), tar, null, Cancellation));
        }

        Assert.Empty(host.Names("leads/out"));
    }

    /// <summary>A file with a hole at its begin, in it and at its end; one that is nothing but a hole; one of two names.</summary>
    private async Task PutTreeAsync(string name)
    {
        var sparse = host.Put(name + "/deep/sparse", "");
        await using (var file = new FileStream(sparse, FileMode.Open))
        {
            file.Position = 4 * 1024 * 1024;
            var data = new byte[1024 * 1024];
            Random.Shared.NextBytes(data);
            file.Write(data);
            file.Position = 32 * 1024 * 1024;
            file.Write("in the middle"u8);
            file.SetLength(Size);
        }

        await using (var file = new FileStream(host.Put(name + "/hole", ""), FileMode.Open)) file.SetLength(Size);
        host.Put(name + "/one", "of two names");
        await RunAsync("ln", host.PathOf(name + "/one"), host.PathOf(name + "/two"));
    }

    private async Task CheckAsync(string from, string to)
    {
        foreach (var name in (string[])["deep/sparse", "hole", "one", "two"])
        {
            var (before, after) = (await File.ReadAllBytesAsync(host.PathOf($"{from}/{name}"), Cancellation), await File.ReadAllBytesAsync(host.PathOf($"{to}/{name}"), Cancellation));
            Assert.True(before.AsSpan().SequenceEqual(after), name);
        }

        Assert.InRange(long.Parse(await RunAsync("stat", "-c", "%b", host.PathOf(to + "/deep/sparse"))), 2048, 3 * 2048);
        Assert.InRange(long.Parse(await RunAsync("stat", "-c", "%b", host.PathOf(to + "/hole"))), 0, 64);
        Assert.Equal("2", await RunAsync("stat", "-c", "%h", host.PathOf(to + "/one")));
        Assert.Equal(await RunAsync("stat", "-c", "%i", host.PathOf(to + "/one")), await RunAsync("stat", "-c", "%i", host.PathOf(to + "/two")));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, await error);
        return (await output).Trim();
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
