using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation;

/// <summary>
/// One kind of wall: turns a root filesystem and a network namespace into a running process 1 that cannot reach anything else.
/// <para>Flow: <see cref="ProbeAsync"/> once; then per sandbox <see cref="StartAsync"/> and, whatever became of it, <see cref="RemoveAsync"/>.
/// What was started outlives this server: after a restart <see cref="ListAsync"/> and <see cref="InspectAsync"/> find it again.</para>
/// <para>Every implementation runs the same conformance suite. Threads: any member at any time; for one id, never a start and a removal at once.</para>
/// </summary>
internal interface ISandboxRuntime
{
    IsolationKind Kind { get; }

    /// <summary>Tries, with a time limit, whether this runtime works here, and says what is missing if not.</summary>
    Task<IsolationSupport> ProbeAsync(CancellationToken cancellation);

    /// <summary>Starts process 1, or goes on from the plan's memory image. On a fault nothing of it is left: no process, cgroup, mount or directory.</summary>
    Task<Result<RunningInit>> StartAsync(LaunchPlan plan, CancellationToken cancellation);

    /// <summary>Kills everything in it and removes its cgroups and run-time state. Succeeds for what is not there.</summary>
    Task<Result<Done>> RemoveAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>
    /// Kills everything in it, and when this returns its id can be started again; what the kernel has still to free of it (100 MB take 40 ms) may go on meanwhile, under a name that the next start of
    /// the server sweeps.
    /// </summary>
    Task<Result<Done>> VacateAsync(SandboxId id, CancellationToken cancellation) => RemoveAsync(id, cancellation);

    /// <summary>Process 1 of a sandbox on the host, or null when it does not run.</summary>
    Task<RunningInit?> InspectAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>Why a sandbox's process 1 ended by itself, in the runtime's own words and one line; null: it has said nothing. Untrusted.</summary>
    string? LastWords(SandboxId id) => null;

    /// <summary>Everything this runtime still knows or holds in this installation's name, running or not.</summary>
    Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation);

    /// <summary>Puts CPU, memory and process limits in force on a running sandbox (disk is the storage's).</summary>
    Task<Result<Done>> ApplyLimitsAsync(SandboxId id, SandboxLimits limits, CancellationToken cancellation);

    /// <summary>
    /// Bytes of the host's that a sandbox may use beyond its own memory: what runs it takes of them, and what it takes too much itself. Beyond its own memory nothing refuses it any until these are
    /// used up as well, and then all of it ends: somebody has to end a process of it before. 0: the host's kernel does so.
    /// </summary>
    long MemoryRoom => 0;

    /// <summary>
    /// Stops every process of a running sandbox, its memory untouched: when this returns, none of them runs and nothing is being written; again, for what stands still already. Until
    /// <see cref="Thaw"/>, for which a server that dies meanwhile leaves the next one to decide, or <see cref="RemoveAsync"/>, which thaws first.
    /// </summary>
    Result<Done> Freeze(SandboxId id);

    /// <summary>Lets it go on. Succeeds for what does not stand still.</summary>
    void Thaw(SandboxId id);

    /// <summary>Why memory cannot be saved and restored here; null when it can. Known once probed.</summary>
    string? MemoryMissing { get; }

    /// <summary>
    /// Saves memory and processes of a running sandbox into an empty folder of the host, durable on return. Everything in it stands still from the save until <paramref name="still"/> has
    /// returned (it takes the disk's snapshot there), then goes on; with <paramref name="end"/> it has ended instead: no process is left, run-time state and cgroups are for
    /// <see cref="RemoveAsync"/>. On a fault it goes on as before. Its open TCP connections may be reset.
    /// <para>A server that dies in between may leave it standing still: <see cref="ContinueAsync"/>. <see cref="FaultCode.NotSupported"/> where <see cref="MemoryMissing"/> says why.</para>
    /// </summary>
    Task<Result<Done>> SaveMemoryAsync(SandboxId id, string folder, bool end, Func<Task<Result<Done>>> still, CancellationToken cancellation);

    /// <summary>
    /// After a restart of the server: what a server that died within <see cref="SaveMemoryAsync"/> or between <see cref="Freeze"/> and <see cref="Thaw"/> left standing still goes on. One that is
    /// <paramref name="paused"/> stands still on return, and has not run meanwhile if it stood still before.
    /// </summary>
    Task<Result<Done>> ContinueAsync(SandboxId id, bool paused, CancellationToken cancellation);

    /// <summary>CPU, memory and processes as its cgroup counts them.</summary>
    Task<Result<CgroupUsage>> MeasureAsync(SandboxId id, CancellationToken cancellation);
}
