using System.Runtime.CompilerServices;
using Atoll.Agent.Protocol.Client;
using Atoll.Agent.Protocol.Wire;
using Atoll.Core.Faults;
using Atoll.Core.Guests.Files;

namespace Atoll.Machine.Guests.Files;

/// <summary>
/// One watch of a folder. When its connection breaks it begins anew by another: what happened in between is not known, and its reader is told so as of an overflow. Owns the connection;
/// enumerated once, and if at all.
/// </summary>
internal sealed class WatchedFiles
{
    private readonly GuestCalls _calls;
    private readonly Call _call;
    private readonly StreamSeat _seat;
    private readonly Retries _retries = new();
    private AgentConnection _connection = null!;
    private SequenceStep<FileChange> _first = null!;

    private WatchedFiles(GuestCalls calls, Call call, StreamSeat seat) => (_calls, _call, _seat) = (calls, call, seat);

    /// <param name="seat">Given back when this fails or the enumeration ends.</param>
    public static async Task<Result<WatchedFiles>> OpenAsync(GuestCalls calls, Call call, StreamSeat seat, CancellationToken cancellation)
    {
        var watched = new WatchedFiles(calls, call, seat);
        var opened = false;
        try
        {
            var fault = await watched.ConnectAsync(cancellation);
            opened = fault is null;
            return fault is null ? watched : fault;
        }
        finally
        {
            if (!opened) seat.Dispose();
        }
    }

    public async IAsyncEnumerable<FileChange> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var taken = _seat;
        try
        {
            for (var step = _first; step.Value is { } change; step = await NextAsync(cancellation)) yield return change;
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<SequenceStep<FileChange>> NextAsync(CancellationToken cancellation)
    {
        var heard = await GuestCalls.HearAsync(_connection, FaultStage.File, cancellation);
        if (!heard.Broken)
        {
            _retries.Answered();
            return GuestCalls.TryStep(heard, FaultStage.File, GuestEntries.ChangeFrom, out var step, out var fault) ? step : throw new GuestStreamException(fault);
        }

        await _connection.DisposeAsync();
        if (!await _calls.MendAsync(_call, _retries, cancellation)) throw new GuestStreamException(GuestFaults.Broken(FaultStage.File));
        if (await ConnectAsync(cancellation) is { } gone) throw new GuestStreamException(gone);

        // In place of the word that it watches again, which this reader has heard long ago.
        return _first.Value is { } first ? new SequenceStep<FileChange>(first with { Kind = FileChangeKind.Overflow, Entry = null }) : _first;
    }

    private async Task<Fault?> ConnectAsync(CancellationToken cancellation)
    {
        var opened = await _calls.OpenSequenceAsync(_call, FaultStage.File, GuestEntries.ChangeFrom, _retries, cancellation);
        if (!opened.TryGet(out var begun, out var fault)) return fault;
        (_connection, _first) = begun;
        return null;
    }
}
