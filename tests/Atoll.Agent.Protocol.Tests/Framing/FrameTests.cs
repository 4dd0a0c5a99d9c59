using System.Buffers.Binary;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;
using Google.Protobuf;

namespace Atoll.Agent.Protocol.Tests.Framing;

public sealed class FrameTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    public async Task Read_HoweverTheBytesCome_GivesTheMessages(int most)
    {
        var written = new MemoryStream();
        for (var number = 0; number < 50; number++)
        {
            await FrameWriter.WriteAsync(written, new Output { Data = ByteString.CopyFrom(new byte[number * 997]) }, FrameLimits.Frame, Cancellation);
        }

        var reader = new FrameReader(new TrickleStream(written.ToArray(), most));
        for (var number = 0; number < 50; number++)
        {
            Assert.Equal(number * 997, (await reader.ReadAsync(Output.Parser, FrameLimits.Frame, Cancellation))?.Data.Length);
        }

        Assert.Null(await reader.ReadAsync(Output.Parser, FrameLimits.Frame, Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(FrameLimits.Payload)]
    public async Task ReadBorrowing_Payload_GivesWhatTheParserGives(int length)
    {
        var written = new MemoryStream();
        var frame = new PayloadFrame();
        Random.Shared.NextBytes(frame.Payload.Span[..length]);
        written.Write(frame.SealChunk(OutputStream.Stdout, 0, length).Span);
        written.Write(frame.SealChunk(OutputStream.Stderr, long.MaxValue, length).Span);
        written.Write(frame.SealOutputData(length).Span);
        await FrameWriter.WriteAsync(written, new Output { Exited = new ExitStatus { Code = 3 } }, FrameLimits.Frame, Cancellation);

        var (borrowing, parsing) = (new FrameReader(new MemoryStream(written.ToArray())), new FrameReader(new MemoryStream(written.ToArray())));
        for (var number = 0; number < 4; number++)
        {
            Assert.Equal(await parsing.ReadAsync(Output.Parser, FrameLimits.Frame, Cancellation), await borrowing.ReadBorrowingAsync(FrameLimits.Frame, Cancellation));
        }

        Assert.Null(await borrowing.ReadBorrowingAsync(FrameLimits.Frame, Cancellation));
    }

    [Fact]
    public async Task ReadBorrowing_RandomBytesOfAPayload_GivesWhatTheParserGives()
    {
        var random = new Random(11);
        var whole = new PayloadFrame(64).SealChunk(OutputStream.Stderr, 70_000, 40).ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = whole.ToArray();
            bytes[FrameLimits.HeaderBytes + random.Next(bytes.Length - FrameLimits.HeaderBytes)] = (byte)random.Next(256);
            var (parsed, borrowed) = (await TryAsync(reader => reader.ReadAsync(Output.Parser, FrameLimits.Frame, Cancellation)), await TryAsync(reader => reader.ReadBorrowingAsync(FrameLimits.Frame, Cancellation)));
            Assert.Equal(parsed, borrowed);

            async Task<Output?> TryAsync(Func<FrameReader, ValueTask<Output?>> read)
            {
                try
                {
                    return await read(new FrameReader(new MemoryStream(bytes)));
                }
                catch (FrameException)
                {
                    return null;
                }
            }
        }
    }

    [Fact]
    public async Task Read_CutShort_Throws()
    {
        var written = new MemoryStream();
        await FrameWriter.WriteAsync(written, new Output { Data = ByteString.CopyFrom(new byte[100]) }, FrameLimits.Frame, Cancellation);
        for (var length = 1; length < written.Length; length++)
        {
            var reader = new FrameReader(new MemoryStream(written.ToArray()[..length]));
            await Assert.ThrowsAsync<FrameException>(async () => await reader.ReadAsync(Output.Parser, FrameLimits.Frame, Cancellation));
        }
    }

    [Theory]
    [InlineData(FrameLimits.Frame + 1u)]
    [InlineData(uint.MaxValue)]
    public async Task Read_TooLong_Throws(uint length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);
        await Assert.ThrowsAsync<FrameException>(async () => await new FrameReader(new MemoryStream(bytes)).ReadAsync(Output.Parser, FrameLimits.Frame, Cancellation));
    }

    [Fact]
    public async Task Read_RandomBytes_GivesAMessageOrAFrameException()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var body = new byte[random.Next(0, 80)];
            random.NextBytes(body);
            var frame = new byte[4 + body.Length];
            BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)Math.Max(0, body.Length + (round % 5 == 0 ? random.Next(-3, 4) : 0)));
            body.CopyTo(frame, 4);
            var reader = new FrameReader(new TrickleStream(frame, random.Next(1, 20)));
            try
            {
                while (await reader.ReadAsync(Call.Parser, FrameLimits.Frame, Cancellation) is not null)
                {
                }
            }
            catch (FrameException)
            {
                // The only exception that garbage may cause.
            }
        }
    }

    [Theory]
    [InlineData(OutputStream.Stdout, 0L, 0)]
    [InlineData(OutputStream.Stderr, 127L, 1)]
    [InlineData(OutputStream.Terminal, long.MaxValue, FrameLimits.Payload)]
    public async Task Seal_Chunk_IsTheMessageItStandsFor(OutputStream stream, long offset, int length)
    {
        var frame = new PayloadFrame();
        Random.Shared.NextBytes(frame.Payload.Span);
        var content = frame.Payload[..length].ToArray();
        var read = await new FrameReader(new MemoryStream(frame.SealChunk(stream, offset, length).ToArray())).ReadAsync(Output.Parser, FrameLimits.Frame, Cancellation);
        Assert.Equal(new Output { Chunk = new Chunk { Stream = stream, Offset = (ulong)offset, Bytes = ByteString.CopyFrom(content) } }, read);
    }

    [Fact]
    public async Task Seal_Data_IsTheMessageItStandsFor()
    {
        var frame = new PayloadFrame();
        frame.Payload.Span[..3].Fill(9);
        var output = await new FrameReader(new MemoryStream(frame.SealOutputData(3).ToArray())).ReadAsync(Output.Parser, FrameLimits.Frame, Cancellation);
        Assert.Equal([9, 9, 9], output!.Data.ToByteArray());
        var input = await new FrameReader(new MemoryStream(frame.SealInputData(3).ToArray())).ReadAsync(Input.Parser, FrameLimits.Frame, Cancellation);
        Assert.Equal([9, 9, 9], input!.Data.ToByteArray());
    }

    [Fact]
    public async Task Write_TooLong_IsRefusedBeforeAnythingIsSent()
    {
        var written = new MemoryStream();
        await Assert.ThrowsAsync<ArgumentException>(async () => await FrameWriter.WriteAsync(written, new Output { Data = ByteString.CopyFrom(new byte[FrameLimits.Frame]) }, FrameLimits.Frame, Cancellation));
        Assert.Equal(0, written.Length);
    }
}
