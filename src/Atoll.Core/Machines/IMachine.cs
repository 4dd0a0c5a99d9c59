using Atoll.Core.Faults;
using Atoll.Core.Guests;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>
/// The host this server runs on, as far as sandboxes need it.
/// <para>Vocabulary. A sandbox is <i>started</i> (storage clone, network slot, isolation, agent answers) and <i>removed</i> (all of it, nothing left).
/// In between it is <i>live</i>: its <see cref="IGuest"/> answers. It <i>exits</i> when its process 1 ends without having been removed.</para>
/// <para>Flow. <see cref="RecoverAsync"/> once, before anything else: it re-attaches what lives and sweeps what nobody owns.
/// Then per sandbox: <see cref="Reserve"/> for its id, <see cref="StartAsync"/>, any number of <see cref="FindGuest"/>, <see cref="RemoveAsync"/>. Whoever reads <see cref="Exits"/> has it rest (<see cref="ISandboxSleep.RestAsync"/>), which keeps its disk, or calls
/// <see cref="RemoveAsync"/>.</para>
/// <para>Crash. Everything a start acquires is named after the sandbox's id, so that after a crash at any step
/// <see cref="RecoverAsync"/> finds and removes it by listing, without a journal.</para>
/// <para>Threads. Every member may be called at any time from any thread; for one sandbox, the caller (its grain) never has a start and a removal under way at once.</para>
/// </summary>
public interface IMachine
{
    /// <summary>What this host can and cannot do, and why. Cheap: measured at start and kept.</summary>
    MachineDescription Description { get; }

    /// <summary>Templates that are ready here, by name.</summary>
    IReadOnlyList<Templates.Template> Templates { get; }

    /// <summary>Started sandboxes that wait to be asked for, and how many there should be.</summary>
    IReadOnlyList<WarmPoolStatus> WarmPool { get; }

    /// <summary>
    /// The id of a sandbox that is about to be created: that of a warm one, which is then kept for it, or a new one. Never used before, and cheap.
    /// Whoever does not go on to <see cref="StartAsync"/> calls <see cref="Unreserve"/>.
    /// </summary>
    ReservedId Reserve(SandboxSpec spec);

    /// <summary>The sandbox of a reserved id will not be started. Nothing happens for an id that is no longer reserved.</summary>
    void Unreserve(SandboxId id);

    /// <summary>Makes a sandbox live. On a fault nothing of it is left. Preconditions: <paramref name="id"/> comes from <see cref="Reserve"/> with the same specification.</summary>
    Task<Result<StartedSandbox>> StartAsync(SandboxId id, SandboxSpec spec, CancellationToken cancellation);

    /// <summary>Ends every process and frees everything. Removing what is not there succeeds, so it may be repeated after a crash.</summary>
    Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>The way into a live sandbox, or null. On the path of every call: a dictionary look-up, no I/O.</summary>
    IGuest? FindGuest(SandboxId id);

    /// <summary>Puts new limits in force on a live sandbox.</summary>
    Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation);

    /// <summary>What a live sandbox uses now, as the host sees it: nothing in it comes from inside the wall.</summary>
    Task<Result<SandboxUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>
    /// Whether at this moment something in a live sandbox runs, waits for its turn on a processor, or for a disk. On a busy host what has much to do may get to do little of it: it is not idle for that.
    /// False for one that is not live.
    /// </summary>
    Task<bool> IsAtWorkAsync(SandboxId id);

    /// <summary>Sandboxes whose process 1 ended by itself, in order. One reader; unread exits are kept.</summary>
    IAsyncEnumerable<SandboxExit> Exits(CancellationToken cancellation);

    /// <summary>Processes that were ended for lack of memory, in order. One reader; of those unread the newest are kept.</summary>
    IAsyncEnumerable<ProcessKill> Kills(CancellationToken cancellation) => AsyncEnumerable.Empty<ProcessKill>();

    /// <summary>
    /// Called once after a server start: re-attaches those that should have processes and still do, and returns them with those at rest whose disks are there. Of those that have lost their processes
    /// the disk is kept, and all else freed; so is everything else that bears this installation's name.
    /// </summary>
    Task<RecoveredSandboxes> RecoverAsync(KnownSandboxes known, CancellationToken cancellation);
}
