using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Agent.Tests.Files;

public sealed class ReadTests(FilesHost host) : IClassFixture<FilesHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, null, "0123456789")]
    [InlineData(3, null, "3456789")]
    [InlineData(3, 4L, "3456")]
    [InlineData(8, 100L, "89")]
    [InlineData(10, null, "")]
    [InlineData(1000, 5L, "")]
    [InlineData(0, 0L, "")]
    public async Task Read_Range_GivesThoseBytes(long offset, long? length, string expected)
    {
        await using var content = FilesHost.Succeeds(await host.Files.ReadAsync(host.Put("range", "0123456789"), offset, length, Cancellation));
        Assert.Equal(expected.Length, content.Length);
        Assert.Equal(10, content.Entry.SizeBytes);
        Assert.Equal(expected, await FilesHost.ReadTextAsync(content.Bytes, Cancellation));
    }

    [Fact]
    public async Task Read_LargeFile_ComesWhole()
    {
        var bytes = new byte[5_000_001];
        Random.Shared.NextBytes(bytes);
        await File.WriteAllBytesAsync(host.PathOf("large"), bytes, Cancellation);
        await using var content = FilesHost.Succeeds(await host.Files.ReadAsync(host.PathOf("large"), 0, null, Cancellation));
        using var copy = new MemoryStream();
        await content.Bytes.CopyToAsync(copy, Cancellation);
        Assert.True(bytes.AsSpan().SequenceEqual(copy.GetBuffer().AsSpan(0, (int)copy.Length)));
    }

    [Fact]
    public async Task Read_WhatIsNoRegularFile_IsRefusedWithoutWaiting()
    {
        using var socket = host.PutSocket("sock");
        foreach (var path in new[] { host.PutFifo("fifo"), host.PathOf("sock"), "/dev/zero", "/dev/tty", "/proc/kmsg" })
        {
            FilesHost.Fails(FaultCode.NotARegularFile, await host.Files.ReadAsync(path, 0, null, Cancellation));
        }

        FilesHost.Fails(FaultCode.IsADirectory, await host.Files.ReadAsync(host.Folder, 0, null, Cancellation));
        FilesHost.Fails(FaultCode.FileNotFound, await host.Files.ReadAsync(host.PathOf("none"), 0, null, Cancellation));
        FilesHost.Fails(FaultCode.InvalidRequest, await host.Files.ReadAsync(host.PathOf("none"), -1, null, Cancellation));
    }

    [Theory]
    [InlineData("/proc/self/status", "Name:")]
    [InlineData("/sys/kernel/mm/transparent_hugepage/enabled", "never")]
    public async Task Read_FileWithoutATrueSize_IsReadToItsEnd(string path, string expected)
    {
        Assert.SkipUnless(File.Exists(path), $"needs {path}");
        await using var content = FilesHost.Succeeds(await host.Files.ReadAsync(path, 0, null, Cancellation));
        var text = await FilesHost.ReadTextAsync(content.Bytes, Cancellation);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Equal(content.Length, text.Length);
    }

    [Fact]
    public async Task Read_TruncatedMeanwhile_BreaksOffAndSaysWhy()
    {
        const int Length = 64 * 1024 * 1024;
        var path = host.Put("shrinks", "");
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(Length);
        await using var content = FilesHost.Succeeds(await host.Files.ReadAsync(path, 0, null, Cancellation));
        var buffer = new byte[1024];
        Assert.True(await content.Bytes.ReadAsync(buffer, Cancellation) > 0);
        file.SetLength(10);
        var failure = await Assert.ThrowsAnyAsync<IOException>(() => content.Bytes.CopyToAsync(Stream.Null, Cancellation));
        Assert.Contains("shorter", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_GrownMeanwhile_GivesWhatWasPromised()
    {
        const int Length = 8 * 1024 * 1024;
        var path = host.Put("grows", "");
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(Length);
        await using FileContent content = FilesHost.Succeeds(await host.Files.ReadAsync(path, 0, null, Cancellation));
        file.SetLength(2 * Length);
        using var copy = new MemoryStream();
        await content.Bytes.CopyToAsync(copy, Cancellation);
        Assert.Equal(Length, copy.Length);
    }
}
