using System.Runtime.CompilerServices;
using Atoll.Agent.Protocol.Client;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Tracing;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>Processes of one sandbox, through its agent.</summary>
internal sealed class GuestProcesses(GuestCalls calls, StreamSeats seats, TimeProvider time) : IGuestProcesses
{
    /// <summary>1,024 living and 256 ended is the most an honest agent has.</summary>
    private const int MaxListed = 2048;

    public async Task<Result<ProcessInfo>> StartAsync(ProcessSpec spec, CancellationToken cancellation)
    {
        if (ProcessWire.Check(spec) is { } fault) return fault;
        var call = new Wire.Call { StartProcess = new Wire.StartProcess { Spec = ProcessWire.From(spec) } };
        return (await calls.AskAsync(call, FaultStage.Process, output => output.Process, cancellation)).Map(ProcessWire.ToInfo);
    }

    public async Task<Result<ExecResult>> ExecAsync(ProcessSpec spec, int maxOutputBytes, CancellationToken cancellation)
    {
        if (ProcessWire.Check(spec) is { } invalid) return invalid;
        using var span = AtollTrace.Start("guest.exec");
        var started = time.GetTimestamp();
        var call = new Wire.Call { Exec = new Wire.Exec { Spec = ProcessWire.From(spec), MaxOutputBytes = (uint)Math.Max(0, maxOutputBytes) } };
        if (!(await calls.OpenAsync(call, cancellation)).TryGet(out var connection, out var fault)) return fault;
        await using var owned = connection;
        var collector = new ExecCollector(Math.Max(0, maxOutputBytes));
        while (true)
        {
            var answer = await GuestCalls.ReadAnswerAsync(connection, FaultStage.Process, output => output, cancellation);
            if (!answer.TryGet(out var output, out fault)) return fault;
            switch (output.KindCase)
            {
                case Wire.Output.KindOneofCase.Chunk:
                    collector.Add(output.Chunk);
                    break;
                case Wire.Output.KindOneofCase.Dropped:
                    collector.MarkTruncated();
                    break;
                case Wire.Output.KindOneofCase.Exited:
                    return collector.Finish(ProcessWire.ToStatus(output.Exited), time.GetElapsedTime(started));
                default:
                    return GuestFaults.Unexpected(FaultStage.Process);
            }
        }
    }

    public Task<Result<IReadOnlyList<ProcessInfo>>> ListAsync(CancellationToken cancellation) => calls.CollectAsync(
        new Wire.Call { ListProcesses = new Wire.ListProcesses() }, FaultStage.Process, MaxListed, output => output.Process is { } process ? ProcessWire.ToInfo(process) : null, cancellation);

    public async Task<Result<ProcessInfo>> GetAsync(ProcessRef process, CancellationToken cancellation)
    {
        var call = new Wire.Call { GetProcess = new Wire.GetProcess { Process = ProcessWire.From(process) } };
        return (await calls.AskAsync(call, FaultStage.Process, output => output.Process, cancellation)).Map(ProcessWire.ToInfo);
    }

    public async Task<Result<IAsyncEnumerable<ProcessEvent>>> FollowAsync(ProcessRef process, long offset, bool follow, bool pacing, CancellationToken cancellation)
    {
        var request = new Wire.Follow { Process = ProcessWire.From(process), Offset = (ulong)Math.Max(0, offset), Follow_ = follow, Pacing = pacing };
        StreamSeat? seat = null;
        if (follow && !seats.TryTake(out seat, out var full)) return full;
        var opened = await calls.OpenAcceptedAsync(new Wire.Call { Follow = request }, FaultStage.Process, seat, cancellation);
        return opened.Map(connection => EnumerateAsync(connection, seat, cancellation));
    }

    public async Task<Result<long>> WriteStdinAsync(ProcessRef process, long? offset, ReadOnlyMemory<byte> bytes, bool end, CancellationToken cancellation)
    {
        var request = new Wire.WriteStdin { Process = ProcessWire.From(process), End = end };
        if (offset is { } from) request.Offset = (ulong)Math.Max(0, from);
        if (!(await calls.OpenAsync(new Wire.Call { WriteStdin = request }, cancellation)).TryGet(out var connection, out var fault)) return fault;
        await using var owned = connection;
        var answer = await GuestCalls.SendAndAskAsync(connection, bytes, FaultStage.Process, output => output.KindCase == Wire.Output.KindOneofCase.Offset ? output : null, cancellation);
        return answer.Map(output => (long)output.Offset);
    }

    public Task<Result<Done>> SignalAsync(ProcessRef process, int signal, bool group, CancellationToken cancellation) => calls.DoAsync(
        new Wire.Call { SignalProcess = new Wire.SignalProcess { Process = ProcessWire.From(process), Signal = signal, Group = group } }, FaultStage.Process, cancellation);

    public Task<Result<Done>> ResizeAsync(ProcessRef process, TerminalSize size, CancellationToken cancellation) => calls.DoAsync(
        new Wire.Call { ResizeTerminal = new Wire.ResizeTerminal { Process = ProcessWire.From(process), Size = ProcessWire.From(size) } }, FaultStage.Process, cancellation);

    private static async IAsyncEnumerable<ProcessEvent> EnumerateAsync(AgentConnection connection, StreamSeat? seat, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var taken = seat;
        await using var owned = connection;
        while (true)
        {
            var answer = await GuestCalls.ReadAnswerAsync(connection, FaultStage.Process, output => output, cancellation);
            if (!answer.TryGet(out var output, out var fault)) throw new GuestStreamException(fault);
            if (output.KindCase == Wire.Output.KindOneofCase.Done) yield break;
            yield return ProcessWire.ToEvent(output) ?? throw new GuestStreamException(GuestFaults.Unexpected(FaultStage.Process));
            if (output.KindCase == Wire.Output.KindOneofCase.Exited) yield break;
        }
    }
}
