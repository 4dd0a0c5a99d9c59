using System.Security.Cryptography;
using System.Text;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Storage.Memory;
using Atoll.Testing;

namespace Atoll.Machine.Tests.Storage;

/// <summary>Images that come from elsewhere, and images on a disk that cannot be read.</summary>
public sealed class MemoryReceiverTests : IDisposable
{
    private const string Version = "runsc version 1";
    private static readonly byte[] Agent = Encoding.ASCII.GetBytes("an agent");
    private static readonly byte[] Token = RandomNumberGenerator.GetBytes(SavedMemory.TokenBytes);
    private readonly Scratch _scratch = new();
    private readonly MemoryImages _images;

    public MemoryReceiverTests()
    {
        Directory.CreateDirectory(_scratch.PathOf("memory"));
        _images = new(_ => _scratch.PathOf("memory"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Receive_AllFiles_IsAnImageWithAnAgentOfItsOwnOrTheSharedOne()
    {
        var pages = RandomNumberGenerator.GetBytes(700_000);
        var first = await ReceiveAsync(pages);
        Assert.Equal(700_000 + 100 + Agent.Length, first.Kept.Value);
        var image = (await _images.OpenAsync(first.Id, Version, Cancellation)).Value;
        Assert.Equal((first.Id.Value, 700_100L), (image.Manifest.Checkpoint, image.Manifest.MemoryBytes));
        Assert.Equal(Token, image.Manifest.Token);
        Assert.Equal(pages, await File.ReadAllBytesAsync(Path.Combine(image.Runtime, "pages.img"), Cancellation));
        Assert.Null(_images.FindAgent(image.Manifest.Agent));

        // Known here: shared, and not counted.
        await File.WriteAllBytesAsync(_scratch.PathOf("agent"), Agent, Cancellation);
        Assert.True((await _images.KeepAgentAsync(_scratch.PathOf("agent"))).Succeeded);
        var second = await ReceiveAsync(pages);
        Assert.Equal(700_100, second.Kept.Value);
        Assert.True((await _images.OpenAsync(second.Id, Version, Cancellation)).Succeeded);
        Assert.Equal(700_100, _images.SizeOf(second.Id));
        Assert.True((await _images.DeleteAsync(second.Id, Cancellation)).Succeeded);
        Assert.Equal((0L, 700_100L), (_images.SizeOf(second.Id), _images.SizeOf(first.Id)));
    }

    [Theory]
    [InlineData("pages.img", 699_999)]
    [InlineData("pages.img", 700_001)]
    [InlineData("pages.img", 0)]
    [InlineData("manifest", 10)]
    [InlineData("../pages.img", 10)]
    [InlineData("..", 10)]
    [InlineData("more.img", 10)]
    public async Task Write_AnythingElse_IsRefusedAndLeavesNothing(string name, int length)
    {
        var id = CheckpointId.New();
        MemoryReceiver receiver = new(_images, _images.Begin(id, 0).Value, Describe(700_000));
        var written = await receiver.WriteAsync(name, new MemoryStream(new byte[length]), Cancellation);
        Assert.Equal(FaultCode.ExportInvalid, written.Fault?.Code);
        Assert.Equal(FaultCode.CheckpointNotFound, (await _images.OpenAsync(id, Version, Cancellation)).Fault?.Code);
        Assert.True((await _images.DeleteAsync(id, Cancellation)).Succeeded);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.PathOf("memory")));
    }

    [Fact]
    public async Task Keep_WithAnotherAgent_IsRefusedAndNoneStays()
    {
        var id = CheckpointId.New();
        MemoryReceiver receiver = new(_images, _images.Begin(id, 0).Value, Describe(10));
        Assert.True((await receiver.WriteAsync("agent", new MemoryStream(Encoding.ASCII.GetBytes("no agent")), Cancellation)).Succeeded);
        Assert.True((await receiver.WriteAsync("checkpoint.img", new MemoryStream(new byte[100]), Cancellation)).Succeeded);
        Assert.True((await receiver.WriteAsync("pages.img", new MemoryStream(new byte[10]), Cancellation)).Succeeded);
        Assert.Equal(FaultCode.ExportInvalid, (await receiver.KeepAsync(Cancellation)).Fault?.Code);
        Assert.True((await _images.DeleteAsync(id, Cancellation)).Succeeded);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.PathOf("memory")));
    }

    /// <summary>What the other side throws is not this disk's failure.</summary>
    [Fact]
    public async Task Write_OfAStreamThatBreaks_ThrowsWhatItThrew()
    {
        MemoryReceiver receiver = new(_images, _images.Begin(CheckpointId.New(), 0).Value, Describe(10));
        await Assert.ThrowsAsync<EndOfStreamException>(() => receiver.WriteAsync("pages.img", new BrokenStream(), Cancellation));
    }

    [Fact]
    public async Task Write_ToAFullDisk_SaysSo()
    {
        using TinyDisk tiny = new(1);
        MemoryImages images = new(_ => tiny.Folder);
        MemoryReceiver receiver = new(images, images.Begin(CheckpointId.New(), 0).Value, Describe(2_000_000));
        var written = await receiver.WriteAsync("pages.img", new MemoryStream(new byte[2_000_000]), Cancellation);
        Assert.Equal(FaultCode.PoolNearlyFull, written.Fault?.Code);
    }

    /// <summary>A disk that cannot be read: /proc/self/mem at 0 answers EIO, as a bad sector does.</summary>
    [Fact]
    public async Task Open_OfAFileThatCannotBeRead_SaysSo()
    {
        var (id, _) = await ReceiveAsync(new byte[700_000]);
        var pages = Path.Combine(_scratch.PathOf("memory"), id.Value, "image", "pages.img");
        File.Move(pages, _scratch.PathOf("aside"));
        File.CreateSymbolicLink(pages, "/proc/self/mem");
        var opened = await _images.OpenAsync(id, Version, Cancellation);
        Assert.Equal((FaultCode.HostFailure, FaultSide.Host, FaultStage.Storage), (opened.Fault!.Code, opened.Fault.Side, opened.Fault.Stage));
        Assert.Contains("Input/output error", opened.Fault.Detail, StringComparison.Ordinal);
        File.Delete(pages);
        File.Move(_scratch.PathOf("aside"), pages);
        Assert.True((await _images.OpenAsync(id, Version, Cancellation)).Succeeded);
    }

    private static SavedMemory Describe(int pages) => new(
        CheckpointId.New(), Version, Convert.ToHexStringLower(SHA256.HashData(Agent)), Token, [new("agent", Agent.Length), new("checkpoint.img", 100), new("pages.img", pages)]);

    private async Task<(CheckpointId Id, Result<long> Kept)> ReceiveAsync(byte[] pages)
    {
        var id = CheckpointId.New();
        MemoryReceiver receiver = new(_images, _images.Begin(id, 0).Value, Describe(pages.Length));
        Assert.True((await receiver.WriteAsync("agent", new MemoryStream(Agent), Cancellation)).Succeeded);
        Assert.True((await receiver.WriteAsync("checkpoint.img", new MemoryStream(new byte[100]), Cancellation)).Succeeded);
        Assert.True((await receiver.WriteAsync("pages.img", new MemoryStream(pages), Cancellation)).Succeeded);
        return (id, await receiver.KeepAsync(Cancellation));
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new EndOfStreamException("Gone.");
    }
}
