using System.Runtime.CompilerServices;
using Atoll.Agent.Protocol.Client;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Files;
using Atoll.Core.Guests.Processes;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>A live sandbox through its agent. Holds no connection: making one costs nothing until it is used.</summary>
internal sealed class AgentGuest(GuestCalls calls, IGuestFiles files, StreamSeats seats, PortConnector ports, TimeProvider time) : IGuest
{
    private const int MaxPorts = 65_536;

    public IGuestProcesses Processes { get; } = new GuestProcesses(calls, seats, time);

    public IGuestFiles Files { get; } = files;

    public Task<Result<IReadOnlyList<ListeningPort>>> ListPortsAsync(CancellationToken cancellation) => calls.CollectAsync(
        new Wire.Call { ListPorts = new Wire.ListPorts() }, FaultStage.Agent, MaxPorts, output => output.Port is { } port ? ToPort(port) : null, cancellation);

    public Task<Result<Stream>> ConnectAsync(int port, CancellationToken cancellation) => ports.ConnectAsync(port, cancellation);

    public async Task<Result<GuestMetrics>> MeasureAsync(CancellationToken cancellation)
    {
        var answer = await calls.AskAsync(new Wire.Call { Measure = new Wire.Measure() }, FaultStage.Agent, output => output.Metrics, cancellation);
        return answer.Map(wire => new GuestMetrics(
            (int)Math.Min(wire.Processes, int.MaxValue), (long)wire.MemoryTotal, (long)wire.MemoryAvailable, (long)wire.DiskTotal, (long)wire.DiskFree, wire.UptimeSeconds, (long)wire.AgentResident));
    }

    public async Task<Result<IAsyncEnumerable<GuestLogLine>>> ReadLogAsync(long after, bool follow, CancellationToken cancellation)
    {
        var call = new Wire.Call { ReadLog = new Wire.ReadLog { After = (ulong)Math.Max(0, after), Follow = follow } };
        StreamSeat? seat = null;
        if (follow && !seats.TryTake(out seat, out var full)) return full;
        var opened = await calls.OpenAcceptedAsync(call, FaultStage.Agent, seat, cancellation);
        return opened.Map(connection => EnumerateAsync(connection, seat, cancellation));
    }

    private static ListeningPort ToPort(Wire.Port port) => new(
        (int)Math.Min(port.Port_, ushort.MaxValue), port.Address, port.Pid > 0 ? port.Pid : null, port.Command.Length > 0 ? port.Command : null);

    private static async IAsyncEnumerable<GuestLogLine> EnumerateAsync(AgentConnection connection, StreamSeat? seat, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var taken = seat;
        await using var owned = connection;
        while (true)
        {
            var answer = await GuestCalls.ReadAnswerAsync(connection, FaultStage.Agent, output => output, cancellation);
            if (!answer.TryGet(out var output, out var fault)) throw new GuestStreamException(fault);
            if (output.KindCase == Wire.Output.KindOneofCase.Done) yield break;
            if (output.Log is not { } line) throw new GuestStreamException(GuestFaults.Unexpected(FaultStage.Agent));
            yield return new GuestLogLine((long)line.Sequence, ProcessWire.ToTime(line.UnixMilliseconds), line.Pid > 0 ? line.Pid : null, line.Message);
        }
    }
}
