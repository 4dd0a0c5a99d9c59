using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Store;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>Exports a checkpoint when it is its team's turn, and remembers that the team has it in the store.</summary>
internal sealed class TeamExporter(CheckpointExporter exporter, ExportStore exports, ExportTurns own, TransferTurns turns)
{
    public async Task<Result<ExportOutcome>> ExportAsync(Checkpoint checkpoint, TransferProgress progress, CancellationToken cancellation)
    {
        using var turn = await own.TakeAsync(checkpoint.Id, cancellation);
        var exported = await turns.TakeAsync(checkpoint.Team, () => exporter.ExportAsync(checkpoint, progress, cancellation), cancellation);
        return exported.TryGet(out var outcome, out var fault) ? (await exports.AddAsync(checkpoint, outcome.Told)).Map(_ => outcome) : fault;
    }
}
