using System.Net;
using System.Net.Sockets;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Framing;
using Atoll.Agent.Protocol.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Atoll.Agent.Protocol.Tests.Client;

public sealed class AgentPulseTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly FakeTimeProvider _time = new();
    private readonly List<TcpClient> _held = [];
    private int _connections;

    public AgentPulseTests() => _listener.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var client in _held) client.Dispose();
    }

    [Fact]
    public async Task Read_AgentThatIsStopped_EndsAsSilent()
    {
        // Connections are made by the kernel; nobody takes them.
        await using var connection = await OpenAsync();
        var answer = connection.ReadAsync(Cancellation).AsTask();
        await AdvanceUntilAsync(() => answer.IsCompleted);
        var failure = await Assert.ThrowsAsync<AgentConnectionException>(() => answer);
        Assert.True(failure.Silent);
    }

    [Fact]
    public async Task Read_SandboxThatStandsStill_IsWaitedForWithoutAWord()
    {
        var still = true;
        var client = new AgentClient(_listener.LocalEndpoint, new byte[32], _time) { StandsStill = () => still };
        await using var connection = await client.CallAsync(new Call { Exec = new Exec() }, Cancellation);
        var answer = connection.ReadAsync(Cancellation).AsTask();
        for (var minute = 0; minute < 120; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.False(answer.IsCompleted);
        still = false;
        await AdvanceUntilAsync(() => answer.IsCompleted);
        Assert.True((await Assert.ThrowsAsync<AgentConnectionException>(() => answer)).Silent);
    }

    [Fact]
    public async Task Read_LongCommandOfALivingAgent_GoesOn()
    {
        var serving = ServeAsync(static async (call, stream) =>
        {
            if (call.RequestCase == Call.RequestOneofCase.Hello) await FrameWriter.WriteAsync(stream, new Output { Hello = new HelloAnswer { Version = 1 } }, FrameLimits.Frame, Cancellation);
            return call.RequestCase == Call.RequestOneofCase.Hello;
        });
        await using var connection = await OpenAsync();
        var answer = connection.ReadAsync(Cancellation).AsTask();
        await AdvanceUntilAsync(() => answer.IsCompleted || _connections > 4);
        Assert.False(answer.IsCompleted);

        await FrameWriter.WriteAsync(_held[0].GetStream(), new Output { Exited = new ExitStatus { Code = 7 } }, FrameLimits.Frame, Cancellation);
        Assert.Equal(7, (await answer)!.Exited.Code);
        Assert.False(serving.IsFaulted);
    }

    [Fact]
    public async Task Read_AgentWithAllConnectionsInUse_Lives()
    {
        var serving = ServeAsync(static (call, _) => Task.FromResult(call.RequestCase == Call.RequestOneofCase.Hello));
        await using var connection = await OpenAsync();
        var answer = connection.ReadAsync(Cancellation).AsTask();
        await AdvanceUntilAsync(() => answer.IsCompleted || _connections > 3);
        Assert.False(answer.IsCompleted);
        Assert.False(serving.IsFaulted);
    }

    private Task<AgentConnection> OpenAsync() => new AgentClient(_listener.LocalEndpoint, new byte[32], _time).CallAsync(new Call { Exec = new Exec() }, Cancellation);

    /// <summary>Takes connections; those for which <paramref name="close"/> says so end, the others stay.</summary>
    private async Task ServeAsync(Func<Call, NetworkStream, Task<bool>> close)
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(Cancellation);
            var call = await new FrameReader(client.GetStream()).ReadAsync(Call.Parser, FrameLimits.FirstFrame, Cancellation);
            var over = await close(call!, client.GetStream());
            if (over) client.Dispose();
            else _held.Add(client);
            Interlocked.Increment(ref _connections);
        }
    }

    /// <summary>The clock moves on in steps much smaller than the time that a hello has, each of which leaves the sockets time to be heard.</summary>
    private async Task AdvanceUntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System, Cancellation);
        }
    }
}
