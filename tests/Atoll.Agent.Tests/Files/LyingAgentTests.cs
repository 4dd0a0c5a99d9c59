using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Framing;
using Atoll.Core.Faults;
using Atoll.Machine.Guests;
using Atoll.Machine.Guests.Files;
using Atoll.Machine.Guests.Linking;
using Google.Protobuf;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Agent.Tests.Files;

/// <summary>What the host does when an agent does not keep to the contract.</summary>
public sealed class LyingAgentTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LyingAgentTests() => _listener.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5, 10)]
    [InlineData(10, 5)]
    public async Task Read_OtherLengthThanPromised_IsAnIOException(int promised, int sent)
    {
        var files = Answering(Entry("/file", (ulong)promised), new Wire.Output { Data = ByteString.CopyFrom(new byte[sent]) });
        await using var content = FilesHost.Succeeds(await files.ReadAsync("/file", 0, null, Cancellation));
        await Assert.ThrowsAnyAsync<IOException>(() => content.Bytes.CopyToAsync(Stream.Null, Cancellation));
    }

    [Fact]
    public async Task Read_MorePromisedThanAskedFor_IsAGuestFailure() =>
        FilesHost.Fails(FaultCode.GuestFailure, await Answering(Entry("/file", 100)).ReadAsync("/file", 0, 10, Cancellation));

    [Theory]
    [InlineData("relative")]
    [InlineData("")]
    [InlineData("/a\0b")]
    public async Task Stat_EntryWithAPathThatIsNone_IsAGuestFailure(string path) =>
        FilesHost.Fails(FaultCode.GuestFailure, await Answering(Entry(path, 0)).StatAsync("/file", true, Cancellation));

    [Fact]
    public async Task Stat_NoAnswer_IsUnreachable() => FilesHost.Fails(FaultCode.AgentUnreachable, await Answering().StatAsync("/file", true, Cancellation));

    [Fact]
    public async Task List_BrokenOffMidway_IsNotAShortList()
    {
        var entries = FilesHost.Succeeds(await Answering(Entry("/a", 0)).ListAsync("/", 1, null, Cancellation));
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await foreach (var entry in entries) Assert.Equal("/a", entry.Path);
        });
    }

    [Fact]
    public async Task Replace_MoreAnswersThanFiles_IsAGuestFailure()
    {
        var answer = new Wire.Output { Replacement = new Wire.Replacement { Path = ByteString.CopyFromUtf8("/a") } };
        FilesHost.Fails(FaultCode.GuestFailure, await Answering(answer, answer).ReplaceAsync(new(["/a"], "x", "y", false), Cancellation));
    }

    public void Dispose() => _listener.Dispose();

    private static Wire.Output Entry(string path, ulong length) => new() { Entry = new Wire.Entry { Path = ByteString.CopyFromUtf8(path), Length = length } };

    private GuestFiles Answering(params Wire.Output[] answers)
    {
        _ = AnswerAsync(answers);
        return new GuestFiles(new GuestCalls(new GuestLink(new AgentClient(_listener.LocalEndpoint, new byte[32], TimeProvider.System), TimeSpan.Zero, TimeProvider.System)), new StreamSeats(256));
    }

    private async Task AnswerAsync(Wire.Output[] answers)
    {
        using var socket = await _listener.AcceptSocketAsync(Cancellation);
        await using var stream = new NetworkStream(socket);
        await new FrameReader(stream).ReadAsync(Wire.Call.Parser, FrameLimits.FirstFrame, Cancellation);
        foreach (var answer in answers) await FrameWriter.WriteAsync(stream, answer, FrameLimits.Frame, Cancellation);
        socket.Shutdown(SocketShutdown.Send);
    }
}
