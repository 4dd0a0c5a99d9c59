using Atoll.Core.Checkpoints;
using Atoll.Core.Faults;
using Atoll.Core.Store;

namespace Atoll.Core.Sandboxes.Grains;

/// <summary>
/// One sandbox's life. The key is its id. Everything that changes the sandbox goes through here, one change at a time; callers have checked that it belongs to the
/// team that asks.
/// <para>Flow: <see cref="ReserveAsync"/> saves it as <c>creating</c> (its name is taken there), <see cref="StartAsync"/> makes it run, any number of changes,
/// then one end (<see cref="EndAsync"/>, or by the clock through <see cref="PokeAsync"/>), after which only reads answer.</para>
/// </summary>
internal interface ISandboxGrain : IGrainWithStringKey
{
    /// <summary>Precondition: room was taken at admission, which is given back when this fails.</summary>
    /// <param name="begin">
    /// Begin to start it while it is being saved, for <see cref="StartAsync"/> to wait for: nothing depends on the order, since what a crash leaves between the two is what nobody
    /// owns. False where saving it may well be refused, as for a name that is taken.
    /// </param>
    Task<Result<Reservation>> ReserveAsync(Sandbox creating, IdempotencyClaim? claim, bool begin);

    /// <summary>
    /// Makes a sandbox that the machine holds ready run, and saves it as running: one step where a cold one takes two, because nobody has to be told of a <c>creating</c> that lasts
    /// less than saving it would. Its events are the same. Precondition: as for <see cref="ReserveAsync"/>.
    /// </summary>
    Task<Result<Reservation>> StartReadyAsync(Sandbox creating, IdempotencyClaim? claim);

    /// <summary>Starts what was reserved, or waits for the start that is under way; once running it returns the sandbox as it is.</summary>
    Task<Result<Sandbox>> StartAsync();

    Task<Result<Sandbox>> UpdateAsync(SandboxChange change);

    Task<Result<Sandbox>> ExtendAsync(long seconds);

    /// <summary>Exposes a port, or exposes it otherwise than before.</summary>
    Task<Result<Sandbox>> ExposeAsync(int port, ExposedPort how);

    /// <summary>Closes a port; <see cref="FaultCode.PortNotExposed"/> when it is not exposed.</summary>
    /// <param name="expired">Only if its time is up.</param>
    Task<Result<Sandbox>> CloseAsync(int port, bool expired);

    /// <summary>Saves it; it goes on.</summary>
    Task<Result<Checkpoint>> CheckpointAsync(CheckpointDraft draft);

    /// <summary>Puts it back to a checkpoint of its isolation. Refused at once while another restore is under way.</summary>
    Task<Result<Sandbox>> RestoreAsync(Checkpoint checkpoint);

    /// <summary>Puts it to sleep; one that sleeps in that way is answered as it is.</summary>
    /// <param name="how">Pause, suspend or stop.</param>
    Task<Result<Sandbox>> SleepAsync(LifecycleAction how);

    /// <summary>Puts its disk into the object store and frees it here; one that is archived is answered as it is.</summary>
    Task<Result<Sandbox>> ArchiveAsync();

    /// <summary>Has it run, whatever way it sleeps; one that runs is answered as it is.</summary>
    Task<Result<Sandbox>> WakeAsync();

    /// <summary>Completes or undoes what the journal says is left of a change.</summary>
    Task<Result<Done>> SettleAsync(string operation, string data);

    /// <summary>Takes a keep-awake lease, or gives one back.</summary>
    Task<Result<Sandbox>> LeaseAsync(LeaseChange change);

    /// <summary>Notes that a process of it was ended for lack of memory.</summary>
    /// <param name="detail">The event's.</param>
    Task NoteKillAsync(string detail);

    /// <summary>Ends it: a start that is under way is cancelled first. Returns when nothing is left of it; an end that came before is a success.</summary>
    Task<Result<Done>> EndAsync(Ending ending);

    /// <summary>Its processes have ended though nobody asked for it: it is stopped, with this reason. One that is being created ends, because nothing was in it yet.</summary>
    Task<Result<Done>> FaultAsync(SandboxFault fault);

    /// <summary>The clock says that something may be due: time is up, idleness, or an end that did not work the last time.</summary>
    Task PokeAsync();
}
