using System.Collections.Immutable;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Framing;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Atoll.Core.Tracing;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>Processes of one sandbox, through its agent.</summary>
internal sealed class GuestProcesses(GuestCalls calls, StreamSeats seats, ImmutableDictionary<string, string> variables, TimeProvider time) : IGuestProcesses
{
    /// <summary>1,024 living and 256 ended is the most an honest agent has.</summary>
    private const int MaxListed = 2048;

    public async Task<Result<ProcessInfo>> StartAsync(ProcessSpec spec, CancellationToken cancellation)
    {
        if (ProcessWire.Check(spec) is { } fault) return fault;
        var call = new Wire.Call { StartProcess = new Wire.StartProcess { Spec = ProcessWire.From(spec, variables) } };
        return (await calls.AskAsync(call, FaultStage.Process, output => output.Process, cancellation)).Map(ProcessWire.ToInfo);
    }

    public async Task<Result<ExecResult>> ExecAsync(ProcessSpec spec, int maxOutputBytes, CancellationToken cancellation)
    {
        if (ProcessWire.Check(spec) is { } invalid) return invalid;
        using var span = AtollTrace.Start("guest.exec");
        var started = time.GetTimestamp();
        var most = Math.Max(0, maxOutputBytes);
        var exec = new Wire.Exec { Spec = ProcessWire.From(spec, variables), MaxOutputBytes = (uint)most, KeptSeconds = spec.Unlisted ? 0 : calls.KeptSeconds };
        var call = new Wire.Call { Exec = exec, Id = exec.KeptSeconds == 0 ? 0 : CallIds.Next() };
        var collector = new ExecCollector(most);
        var retries = new Retries();
        do
        {
            if (!(await calls.OpenAsync(call, retries, cancellation)).TryGet(out var connection, out var fault)) return fault;
            await using var owned = connection;
            connection.AcknowledgeEvery = Acknowledgements.Every(spec.BacklogBytes);
            connection.BeginAt((long)exec.Offset);
            var heard = await CollectAsync(connection, exec, collector, retries, cancellation);
            if (heard.Fault is { } failed) return failed;
            if (heard.Output is { } output) return collector.Finish(ProcessWire.ToStatus(output.Exited), time.GetElapsedTime(started));
        }
        while (call.Id != 0 && await calls.MendAsync(call, retries, cancellation));
        return GuestFaults.Broken(FaultStage.Process);
    }

    /// <summary>Gathers what comes by one connection, and notes how far that goes. The process's end, or what stood in its way.</summary>
    private static async Task<Heard> CollectAsync(AgentConnection connection, Wire.Exec exec, ExecCollector collector, Retries retries, CancellationToken cancellation)
    {
        while (true)
        {
            var heard = await GuestCalls.HearAsync(connection, FaultStage.Process, cancellation);
            if (heard.Output is not { } output) return heard;
            retries.Answered();
            switch (output.KindCase)
            {
                case Wire.Output.KindOneofCase.Chunk when output.Chunk.Offset >= exec.Offset:
                    collector.Add(output.Chunk);
                    exec.Offset = output.Chunk.Offset + (ulong)output.Chunk.Bytes.Length;
                    await connection.AcknowledgeAsync((long)exec.Offset, exec.Offset >= exec.MaxOutputBytes, cancellation);
                    break;
                case Wire.Output.KindOneofCase.Dropped:
                    collector.MarkTruncated();
                    exec.Offset = Math.Max(exec.Offset, Math.Min(output.Dropped.To, exec.MaxOutputBytes));
                    break;
                case Wire.Output.KindOneofCase.Exited:
                    return heard;
                default:
                    return new Heard(null, GuestFaults.Unexpected(FaultStage.Process));
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
        var request = new Wire.Follow { Process = ProcessWire.From(process), Offset = (ulong)Math.Max(0, offset), Follow_ = follow, Pacing = pacing, KeptSeconds = calls.KeptSeconds };
        var call = new Wire.Call { Follow = request, Id = pacing && follow ? CallIds.Next() : 0 };
        StreamSeat? seat = null;
        if (follow && !seats.TryTake(out seat, out var full)) return full;
        return (await FollowedOutput.OpenAsync(calls, call, seat, cancellation)).Map(output => output.EnumerateAsync(cancellation));
    }

    public async Task<Result<long>> WriteStdinAsync(ProcessRef process, long? offset, ReadOnlyMemory<byte> bytes, bool end, CancellationToken cancellation)
    {
        var request = new Wire.WriteStdin { Process = ProcessWire.From(process), End = end };
        if (offset is { } from) request.Offset = (ulong)Math.Max(0, from);
        var call = new Wire.Call { WriteStdin = request, Id = CallIds.Next() };
        var answer = await calls.SendAndAskAsync(call, bytes, FaultStage.Process, output => output.KindCase == Wire.Output.KindOneofCase.Offset ? output : null, cancellation);
        return answer.Map(output => (long)output.Offset);
    }

    public Task<Result<Done>> SignalAsync(ProcessRef process, int signal, bool group, CancellationToken cancellation) => calls.DoAsync(
        new Wire.Call { SignalProcess = new Wire.SignalProcess { Process = ProcessWire.From(process), Signal = signal, Group = group } }, FaultStage.Process, cancellation);

    public Task<Result<Done>> ResizeAsync(ProcessRef process, TerminalSize size, CancellationToken cancellation) => calls.DoAsync(
        new Wire.Call { ResizeTerminal = new Wire.ResizeTerminal { Process = ProcessWire.From(process), Size = ProcessWire.From(size) } }, FaultStage.Process, cancellation);
}
