using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Journal;

/// <summary>
/// An operation of several steps, not all of them in the database, that must not be left half done by a server that dies.
/// <para>Flow. <c>JournalStore.BeginAsync</c> before its first step on the host (or within the transaction that decides on it), the steps, and <c>EndAsync</c> within the transaction that makes its
/// result visible. So an entry that is there says: it began, and nobody has been told that it succeeded. <see cref="SettleAsync"/> then completes or undoes it, whichever its
/// steps allow, and may itself be cut short and done again.</para>
/// <para>Settled is what a dead server left, at the next start; and what this one gave up on (<c>LetGo</c>) because a step of clearing up failed, from time to time.</para>
/// <para>Every step has a <see cref="Failpoints.Failpoint"/> behind it, and a test kills the server at each.</para>
/// </summary>
internal interface IJournalledOperation
{
    string Operation { get; }

    /// <summary>The sandbox whose processes the operation may have ended on purpose, so that its disk must outlive the next start; null when it ends none.</summary>
    SandboxId? Halts(JournalEntry entry) => null;

    /// <summary>Completes or undoes it. The entry is removed after a success, unless that has been done.</summary>
    /// <param name="starting">At a start of the server: the living are known, and nobody else acts on them, nor are there grains.</param>
    Task<Result<Done>> SettleAsync(JournalEntry entry, bool starting, CancellationToken cancellation);
}
