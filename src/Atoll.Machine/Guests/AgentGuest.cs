using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Atoll.Agent.Protocol.Client;
using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Guests.Files;
using Atoll.Core.Guests.Processes;
using Atoll.Machine.Guests.Linking;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>A live sandbox through its agent. Holds no connection: making one costs nothing until it is used.</summary>
internal sealed class AgentGuest(GuestLink link, GuestCalls calls, IGuestFiles files, StreamSeats seats, PortConnector ports, ImmutableDictionary<string, string> variables, TimeProvider time) : IGuest
{
    private const int MaxPorts = 65_536;

    /// <summary>Where it is, now.</summary>
    public GuestLink Link => link;

    public IGuestProcesses Processes { get; } = new GuestProcesses(calls, seats, variables, time);

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

    /// <summary>Has the largest process ended. Its message is empty where there is none whose end would free anything.</summary>
    public Task<Result<Wire.Killed>> FreeMemoryAsync(ulong excess, CancellationToken cancellation) => calls.AskAsync(
        new Wire.Call { FreeMemory = new Wire.FreeMemory { Excess = excess } }, FaultStage.Agent,
        output => output.KindCase == Wire.Output.KindOneofCase.Done ? new Wire.Killed() : output.Killed, cancellation);

    public Task<Result<Done>> SetLimitsAsync(uint processes, CancellationToken cancellation) =>
        calls.DoAsync(new Wire.Call { SetLimits = new Wire.SetLimits { Processes = processes } }, FaultStage.Agent, cancellation);

    public async Task<Result<IAsyncEnumerable<GuestLogLine>>> ReadLogAsync(long after, bool follow, CancellationToken cancellation)
    {
        var call = new Wire.Call { ReadLog = new Wire.ReadLog { After = (ulong)Math.Max(0, after), Follow = follow } };
        StreamSeat? seat = null;
        if (follow && !seats.TryTake(out seat, out var full)) return full;
        var retries = new Retries();
        AgentConnection? opened = null;
        try
        {
            var answer = await calls.OpenAcceptedAsync(call, FaultStage.Agent, retries, cancellation);
            opened = answer.Fault is null ? answer.Value.Connection : null;
            return answer.Map(begun => EnumerateAsync(call, begun.Connection, seat, retries, cancellation));
        }
        finally
        {
            if (opened is null) seat?.Dispose();
        }
    }

    public Task DelayAsync(TimeSpan span, CancellationToken cancellation) => calls.DelayAsync(span, cancellation);

    private static ListeningPort ToPort(Wire.Port port) => new(
        (int)Math.Min(port.Port_, ushort.MaxValue), port.Address, port.Pid > 0 ? port.Pid : null, port.Command.Length > 0 ? port.Command : null);

    /// <summary>Lines are numbered, so that a broken connection loses none.</summary>
    private async IAsyncEnumerable<GuestLogLine> EnumerateAsync(
        Wire.Call call, AgentConnection connection, StreamSeat? seat, Retries retries, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var taken = seat;
        try
        {
            while (true)
            {
                var heard = await GuestCalls.HearAsync(connection, FaultStage.Agent, cancellation);
                if (heard.Broken)
                {
                    await connection.DisposeAsync();
                    if (!await calls.MendAsync(call, retries, cancellation)) throw new GuestStreamException(GuestFaults.Broken(FaultStage.Agent));
                    var again = await calls.OpenAcceptedAsync(call, FaultStage.Agent, retries, cancellation);
                    connection = again.TryGet(out var opened, out var gone) ? opened.Connection : throw new GuestStreamException(gone);
                    continue;
                }

                if (heard.Fault is { } fault) throw new GuestStreamException(fault);
                retries.Answered();
                if (heard.Output!.KindCase == Wire.Output.KindOneofCase.Done) yield break;
                if (heard.Output.Log is not { } line) throw new GuestStreamException(GuestFaults.Unexpected(FaultStage.Agent));
                call.ReadLog.After = line.Sequence;
                yield return new GuestLogLine((long)line.Sequence, ProcessWire.ToTime(line.UnixMilliseconds), line.Pid > 0 ? line.Pid : null, line.Message);
            }
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }
}
