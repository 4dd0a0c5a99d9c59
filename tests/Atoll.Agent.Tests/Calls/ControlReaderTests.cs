using Atoll.Agent.Calls;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Tests.Calls;

public sealed class ControlReaderTests
{
    private readonly List<long> _heard = [];

    [Fact]
    public async Task Read_AcknowledgementsInAnyPieces_AreAllHeard()
    {
        var random = new Random(7);
        long[] said = [.. Enumerable.Range(0, 500).Select(index => index < 5 ? index : random.NextInt64())];
        var bytes = new MemoryStream();
        foreach (var offset in said) await FrameWriter.WriteAsync(bytes, new Input { Acknowledged = (ulong)offset }, FrameLimits.Frame, TestContext.Current.CancellationToken);
        var reader = new ControlReader();
        for (var left = bytes.ToArray().AsMemory(); !left.IsEmpty;)
        {
            var piece = left[..Math.Min(left.Length, random.Next(1, 40))];
            Assert.True(reader.Read(piece.Span, _heard.Add));
            left = left[piece.Length..];
        }

        Assert.Equal(said, _heard);
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 0, 0, 0x22, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 1 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 0x0A, 1, 7 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 0xFF, 0xFF })]
    public void Read_HangUpOrWhatHasNoPlace_IsTheEnd(byte[] bytes)
    {
        Assert.False(new ControlReader().Read(bytes, _heard.Add));
        Assert.Empty(_heard);
    }
}
