using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Protocol.Framing;
using Atoll.Core.Faults;
using Atoll.Machine.Networking;
using Atoll.Machine.Sandboxes;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Tests.Sandboxes;

/// <summary>Sandboxes outlive their server; an agent that an older one started may not know what this one asks.</summary>
public sealed class OldAgentTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Parse("127.19.7.17"), GuestBoot.Port);

    public OldAgentTests() => _listener.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Part_BeforeItsMemoryIsSaved_IsRefusedOnlyByOneThatDoesNotKnowIt(bool known)
    {
        var address = ((IPEndPoint)_listener.LocalEndpoint).Address;
        GuestLinks links = new(null!, null!, null!, null!, null!, null!, TimeProvider.System);
        var answering = AnswerAsync(known ? new() { Done = new Wire.Empty() } : new() { Failure = new Wire.Failure { Code = Wire.FailureCode.InvalidRequest, Message = "What is that?" } });
        var refused = await links.PartAsync(new NetworkSlot(0, "", address, address, ""), new byte[32], Cancellation);
        await answering;
        Assert.Equal(known ? null : FaultCode.NotSupported, refused?.Code);
    }

    public void Dispose() => _listener.Dispose();

    private async Task AnswerAsync(Wire.Output answer)
    {
        using var socket = await _listener.AcceptSocketAsync(Cancellation);
        await using var stream = new NetworkStream(socket);
        await new FrameReader(stream).ReadAsync(Wire.Call.Parser, FrameLimits.FirstFrame, Cancellation);
        await FrameWriter.WriteAsync(stream, answer, FrameLimits.Frame, Cancellation);
        socket.Shutdown(SocketShutdown.Send);
    }
}
