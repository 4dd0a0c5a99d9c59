using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Teams;

namespace Atoll.Core.Sandboxes;

/// <summary>
/// Sandboxes as callers see them. The front door of Core for the native API and every dialect.
/// <para>A sandbox is addressed by id or name, always within the caller's team: another team's is <see cref="FaultCode.SandboxNotFound"/>, never forbidden.
/// One that ended stays readable by id for a while (<see cref="FaultCode.SandboxEnded"/> for work in it, with the reason), its name is free at once.</para>
/// <para>Threads: any member at any time. One grain per sandbox puts changes of it in order; <see cref="Use"/> does not go through it.</para>
/// </summary>
public interface ISandboxes
{
    /// <summary>Checks the request, starts the sandbox, and returns it running: the next command runs at once.</summary>
    /// <param name="idempotencyKey">A second call with the same key and request returns the first one's sandbox; with another request it is <see cref="FaultCode.IdempotencyConflict"/>.</param>
    /// <param name="wait">False returns while it is still being created.</param>
    Task<Result<Sandbox>> CreateAsync(TeamId team, SandboxRequest request, string? idempotencyKey, bool wait, CancellationToken cancellation);

    Task<Result<Sandbox>> GetAsync(TeamId team, string idOrName, CancellationToken cancellation);

    Task<Result<Page<Sandbox>>> ListAsync(TeamId team, SandboxQuery query, CancellationToken cancellation);

    Task<Result<Sandbox>> UpdateAsync(TeamId team, string idOrName, SandboxUpdate update, CancellationToken cancellation);

    /// <summary>Moves the end of its time to at least <paramref name="seconds"/> from now; never nearer.</summary>
    Task<Result<Sandbox>> ExtendAsync(TeamId team, string idOrName, double seconds, CancellationToken cancellation);

    /// <summary>Ends it. When this returns, its processes are gone and its name is free. Deleting an ended one succeeds; an unknown one is not found.</summary>
    Task<Result<Done>> DeleteAsync(TeamId team, string idOrName, CancellationToken cancellation);

    /// <summary>Takes a running sandbox into use. On the path of every exec and file call: memory only.</summary>
    Result<LiveSandbox> Use(TeamId team, string idOrName);

    /// <summary>
    /// The same, and for one that memory does not know, the database is asked, so that a sandbox that ended long ago is <see cref="FaultCode.SandboxEnded"/> with its reason.
    /// Completes at once for every sandbox that lives or ended lately.
    /// </summary>
    ValueTask<Result<LiveSandbox>> UseAsync(TeamId team, string idOrName, CancellationToken cancellation) => new(Use(team, idOrName));

    /// <summary>The same, and one that sleeps is woken if its policy says so for such a call: once, however many come, which all wait for it (<see cref="SandboxOptions.WakeWaitSeconds"/>).</summary>
    /// <param name="cause">What kind of call this is: one of them.</param>
    ValueTask<Result<LiveSandbox>> UseAsync(TeamId team, string idOrName, WakeCauses cause, CancellationToken cancellation) => UseAsync(team, idOrName, cancellation);

    /// <summary>Puts it to sleep; one that sleeps in that way is returned as it is. A suspended one can still be stopped, which forgets its memory.</summary>
    /// <param name="how">Pause, suspend or stop.</param>
    Task<Result<Sandbox>> SleepAsync(TeamId team, string idOrName, LifecycleAction how, CancellationToken cancellation);

    /// <summary>
    /// Puts its disk into the object store and frees it here. One that runs or is paused is stopped for it; a suspended one is refused (<see cref="FaultCode.SandboxSuspended"/>), since its memory would be
    /// lost. Without a store (<see cref="FaultCode.ObjectStoreUnavailable"/>) it stays as it was. Goes on when the caller goes away.
    /// </summary>
    Task<Result<Sandbox>> ArchiveAsync(TeamId team, string idOrName, CancellationToken cancellation);

    /// <summary>How far its disk is on its way to or from the object store; null when it is not.</summary>
    TransferProgress? TransferOf(TeamId team, string idOrName) => null;

    /// <summary>Has it run again, whatever way it sleeps; one that runs is returned as it is.</summary>
    Task<Result<Sandbox>> WakeAsync(TeamId team, string idOrName, CancellationToken cancellation);

    /// <summary>Usage samples between two times, oldest first; kept for the newest hour.</summary>
    Task<Result<IReadOnlyList<SandboxUsage>>> UsageAsync(TeamId team, string idOrName, DateTimeOffset? start, DateTimeOffset? end, CancellationToken cancellation);
}
