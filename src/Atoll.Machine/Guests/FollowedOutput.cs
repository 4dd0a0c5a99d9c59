using System.Runtime.CompilerServices;
using Atoll.Agent.Protocol.Client;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Processes;
using Wire = Atoll.Agent.Protocol.Wire;

namespace Atoll.Machine.Guests;

/// <summary>
/// One follower of a process's output. When its connection breaks it goes on at the offset it has reached, by another, with the same process even if a tag or pid has come to mean another:
/// its reader sees each byte once, or how many were not kept. Owns the connection; enumerated once, and if at all.
/// </summary>
internal sealed class FollowedOutput
{
    private readonly GuestCalls _calls;
    private readonly Wire.Call _call;
    private readonly StreamSeat? _seat;
    private readonly Retries _retries = new();
    private AgentConnection _connection = null!;

    private FollowedOutput(GuestCalls calls, Wire.Call call, StreamSeat? seat) => (_calls, _call, _seat) = (calls, call, seat);

    /// <param name="seat">Given back when this fails or the enumeration ends.</param>
    public static async Task<Result<FollowedOutput>> OpenAsync(GuestCalls calls, Wire.Call call, StreamSeat? seat, CancellationToken cancellation)
    {
        var output = new FollowedOutput(calls, call, seat);
        var opened = false;
        try
        {
            var fault = await output.ConnectAsync(cancellation);
            opened = fault is null;
            return fault is null ? output : fault;
        }
        finally
        {
            if (!opened) seat?.Dispose();
        }
    }

    public async IAsyncEnumerable<ProcessEvent> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var taken = _seat;
        try
        {
            while (await NextAsync(cancellation) is { } happened)
            {
                yield return happened;
                if (happened is ProcessExited) yield break;

                // Whoever asks for the next has done with this one.
                await _connection.AcknowledgeAsync((long)_call.Follow.Offset, now: false, cancellation);
            }
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    /// <summary>Null at the end of what is there.</summary>
    private async ValueTask<ProcessEvent?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var heard = await GuestCalls.HearAsync(_connection, FaultStage.Process, cancellation);
            if (heard.Fault is { } fault) throw new GuestStreamException(fault);
            if (heard.Output is { } output)
            {
                _retries.Answered();
                return output.KindCase == Wire.Output.KindOneofCase.Done ? null : Take(output);
            }

            await _connection.DisposeAsync();
            if (!await _calls.MendAsync(_call, _retries, cancellation)) throw new GuestStreamException(GuestFaults.Broken(FaultStage.Process));
            if (await ConnectAsync(cancellation) is { } gone) throw new GuestStreamException(gone);
        }
    }

    private ProcessEvent Take(Wire.Output output)
    {
        var happened = ProcessWire.ToEvent(output) ?? throw new GuestStreamException(GuestFaults.Unexpected(FaultStage.Process));
        var reached = (long)_call.Follow.Offset;
        var next = happened switch
        {
            OutputChunk chunk when chunk.Offset >= reached => chunk.End,
            OutputDropped dropped when dropped.To >= reached => dropped.To,
            ProcessExited => reached,
            _ => throw new GuestStreamException(GuestFaults.Unexpected(FaultStage.Process)),
        };
        _call.Follow.Offset = (ulong)next;
        return happened;
    }

    private async Task<Fault?> ConnectAsync(CancellationToken cancellation)
    {
        if (!(await _calls.OpenAcceptedAsync(_call, FaultStage.Process, _retries, cancellation)).TryGet(out var opened, out var fault)) return fault;
        var (connection, accepted) = opened;
        _connection = connection;
        _call.Follow.Process = new Wire.ProcessRef { Pid = accepted.Pid, Sequence = accepted.Sequence };

        // Nobody waits for a follower that does not pace: it tells only whether its connection still stands.
        connection.AcknowledgeEvery = _call.Id == 0 ? int.MaxValue : (int)Math.Clamp(accepted.AcknowledgeEvery, 1, int.MaxValue);
        connection.BeginAt((long)_call.Follow.Offset);
        return null;
    }
}
