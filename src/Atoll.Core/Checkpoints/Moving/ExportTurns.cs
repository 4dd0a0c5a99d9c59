using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>One export or deletion of an export of a checkpoint at a time: a deletion would take the manifest that an export has just found there. Threads: any.</summary>
internal sealed class ExportTurns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CheckpointId, Turn> _turns = [];

    /// <returns>Ends the turn.</returns>
    public async Task<IDisposable> TakeAsync(CheckpointId checkpoint, CancellationToken cancellation)
    {
        Turn turn;
        lock (_lock)
        {
            if (!_turns.TryGetValue(checkpoint, out turn!)) _turns[checkpoint] = turn = new();
            turn.Users++;
        }

        try
        {
            await turn.Free.WaitAsync(cancellation);
        }
        catch
        {
            Leave(checkpoint, turn);
            throw;
        }

        return new End(() =>
        {
            turn.Free.Release();
            Leave(checkpoint, turn);
        });
    }

    private void Leave(CheckpointId checkpoint, Turn turn)
    {
        lock (_lock)
        {
            if (--turn.Users > 0) return;
            _turns.Remove(checkpoint);
            turn.Free.Dispose();
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Free { get; } = new(1);

        public int Users { get; set; }
    }

    private sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
