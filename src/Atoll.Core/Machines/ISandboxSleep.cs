using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Machines;

/// <summary>
/// Sandboxes of this host that do nothing for a while.
/// <para>Vocabulary. A <i>paused</i> sandbox is live, and its processes stand still. One <i>at rest</i> has a disk, under the same id, and nothing else of the host: no process, memory, network slot or
/// guest folder; with <i>saved memory</i> it goes on from there when it wakes, else it starts anew on its disk.</para>
/// <para>Flow: <see cref="PauseAsync"/> and <see cref="ResumeAsync"/>; or <see cref="RestAsync"/>, after <see cref="SaveMemoryAsync"/> where memory is to be kept, then <see cref="WakeAsync"/> and
/// <see cref="ForgetMemoryAsync"/>. One that is <i>archived</i> has not even a disk (<see cref="FreeDiskAsync"/>), until it is given one (<see cref="PlaceDiskAsync"/>). <see cref="IMachine.RemoveAsync"/> frees all of it in every state but saved memory.</para>
/// <para>Crash. <see cref="RestAsync"/> and <see cref="ForgetMemoryAsync"/> may be repeated. Saved memory is whole or not there (<see cref="HasMemory"/>). What a wake that was cut short has done to the disk,
/// <see cref="RewindAsync"/> takes back.</para>
/// <para>Threads: any member at any time; for one sandbox, the caller (its grain) never has two of these, or one and a start or removal, under way at once.</para>
/// </summary>
public interface ISandboxSleep
{
    /// <summary>When this returns, nothing of it runs. Connections to it stay open, and wait.</summary>
    Task<Result<Done>> PauseAsync(SandboxId id, CancellationToken cancellation);

    Task<Result<Done>> ResumeAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>
    /// Saves memory and processes of a live sandbox, with its disk of the same moment, and ends them: durable when this returns. On a fault it goes on as before, resumed if it was paused.
    /// <see cref="FaultCode.NotSupported"/> where memory cannot be saved.
    /// </summary>
    /// <param name="disk">The id that the saved disk gets: <see cref="ISavedDisks"/>.</param>
    Task<Result<Done>> SaveMemoryAsync(SandboxId id, CheckpointId disk, CancellationToken cancellation);

    /// <summary>Whether there is saved memory with this disk, all of it.</summary>
    bool HasMemory(CheckpointId disk);

    /// <summary>What saved memory takes, in bytes; 0 for what is not there.</summary>
    long MemoryBytes(CheckpointId disk);

    /// <summary>Whether it has processes, standing still or not.</summary>
    Task<bool> HasProcessesAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>Ends its processes and frees everything but its disk and saved memory. Succeeds for what is at rest already.</summary>
    Task<Result<Done>> RestAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>Makes it live again, with its id and specification, at another address. On a fault it is at rest as before.</summary>
    /// <param name="memory">The saved memory that it goes on from, by the disk that was saved with it; null: it starts anew.</param>
    Task<Result<StartedSandbox>> WakeAsync(SandboxId id, SandboxSpec spec, CheckpointId? memory, CancellationToken cancellation);

    /// <summary>Puts the disk back to what belongs to the saved memory. Preconditions: it is at rest.</summary>
    Task<Result<Done>> RewindAsync(SandboxId id, SandboxSpec spec, CheckpointId disk, CancellationToken cancellation);

    /// <summary>Frees the disk of one at rest: nothing of it is left here. Succeeds for what is not there.</summary>
    Task<Result<Done>> FreeDiskAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>Gives one that has no disk here a copy of a saved one; what was there under its id is freed before.</summary>
    Task<Result<Done>> PlaceDiskAsync(SandboxId id, SandboxSpec spec, CheckpointId saved, CancellationToken cancellation);

    /// <summary>Frees saved memory and the disk that was saved with it. Succeeds for what is not there.</summary>
    Task<Result<Done>> ForgetMemoryAsync(CheckpointId disk, CancellationToken cancellation);
}
