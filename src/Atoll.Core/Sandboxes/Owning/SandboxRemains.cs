using Atoll.Core.Faults;
using Atoll.Core.Journal;
using Atoll.Core.Machines;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>All that a sandbox has on this host and in the object store, when it ends. What is in the store goes when the end has been saved.</summary>
internal sealed class SandboxRemains(IMachine machine, ISandboxSleep sleep, ArchiveForgetter forgetter)
{
    /// <summary>Before its end is decided. Null where nothing is in the store.</summary>
    public Task<Result<JournalEntry?>> NoteAsync(Sandbox sandbox) => forgetter.BeginAsync(sandbox);

    /// <summary>Repeatable.</summary>
    /// <param name="memory">Saved memory, where there is some.</param>
    public async Task<Result<Done>> RemoveAsync(SandboxId id, CheckpointId? memory)
    {
        var removed = await machine.RemoveAsync(id, CancellationToken.None);
        return removed.Succeeded && memory is { } saved ? await sleep.ForgetMemoryAsync(saved, CancellationToken.None) : removed;
    }

    public Task ForgetAsync(JournalEntry? noted) => forgetter.EndAsync(noted);
}
