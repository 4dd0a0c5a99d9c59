using Atoll.Core.Failpoints;
using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;
using Atoll.Core.Store;
using Atoll.Core.Teams;

namespace Atoll.Core.Checkpoints.Moving;

/// <summary>
/// Makes a checkpoint from an export: room in the team's quota first, then noted in the journal, received, kept, and saved in the database with its event. Whatever fails or
/// dies before the last step leaves nothing.
/// </summary>
internal sealed class CheckpointImporter(
    ImportReceiver receiver, ISavedDisks disks, CheckpointStore checkpoints, JournalStore journal, ImportAdmission admission, TimeProvider time) : IJournalledOperation
{
    public string Operation => "checkpoint.import";

    /// <param name="finish">Called when all parts are read.</param>
    public async Task<Result<Checkpoint>> ImportAsync(
        TeamId team, ExportManifest manifest, ImportRequest request, IPartSource parts, Func<Task> finish, TransferProgress progress, CancellationToken cancellation)
    {
        if (!admission.Admit(team, manifest, request).TryGet(out var admitted, out var fault)) return fault;
        progress.Expect(manifest.RawBytes);
        var (draft, spec) = admitted;
        var entry = journal.New(Operation, draft.Id.Value);
        if ((await journal.BeginAsync(entry)).Fault is { } unnoted)
        {
            admission.GiveBack(team, draft.Id);
            return unnoted;
        }

        Failpoint.Hit("import.noted");
        var made = false;
        try
        {
            var received = await receiver.ReceiveAsync(draft.Id, spec.Isolation, manifest, parts, finish, progress, cancellation);
            if (!received.TryGet(out var bytes, out fault)) return fault;
            var added = await checkpoints.AddImportedAsync(Imported(team, manifest, draft, spec, bytes), entry);
            made = added.Succeeded;
            return added;
        }
        catch (FaultException failure)
        {
            return failure.Fault;
        }
        finally
        {
            if (made) journal.LetGo(entry);
            else await UndoAsync(team, draft.Id, entry);
            Failpoint.Hit("import.done");
        }
    }

    /// <summary>Nobody was told of it.</summary>
    public Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation) => disks.DeleteAsync(CheckpointId.Parse(entry.Subject), cancellation);

    private Checkpoint Imported(TeamId team, ExportManifest manifest, CheckpointDraft draft, SandboxSpec spec, long bytes)
    {
        admission.Settle(team, draft.Id, bytes);
        return new()
        {
            Id = draft.Id,
            Team = team,

            // The sandbox it was made of is not of this server, nor need its id be: a new one stands for it, so that no name can clash with another's.
            Sandbox = SandboxId.New(),
            Kind = draft.Kind,
            Name = draft.Name,
            Comment = draft.Comment,
            Disk = draft.Id,
            SizeBytes = bytes,
            Spec = spec,
            Node = admission.Node,
            CreatedAt = time.GetUtcNow(),
            Origin = CheckpointId.Parse(manifest.Checkpoint),
        };
    }

    /// <summary>If the database did save it, though it did not say so, the entry is gone with that, and nothing is deleted.</summary>
    private async Task UndoAsync(TeamId team, CheckpointId id, JournalEntry entry)
    {
        if ((await checkpoints.FindAsync(id, CancellationToken.None)).TryGet(out var saved, out _) && saved is null)
        {
            admission.GiveBack(team, id);
            if ((await disks.DeleteAsync(id, CancellationToken.None)).Succeeded)
            {
                await journal.EndAsync(entry);
                return;
            }
        }

        journal.LetGo(entry);
    }
}
