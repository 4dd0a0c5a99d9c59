using Atoll.Core.Faults;
using Atoll.Core.Objects;
using Atoll.Core.Sandboxes;

namespace Atoll.Core.Checkpoints;

/// <summary>
/// Disks of sandboxes in the object store, so that none has to be on this host.
/// <para>Flow: <see cref="CheckAsync"/>, <see cref="PutAsync"/>; then, when the sandbox is wanted again, <see cref="FetchAsync"/>; <see cref="ForgetAsync"/> when it is, or never will be.</para>
/// <para>Trust. An archive is read as an export is: whole, by digests that begin in the key, which the database keeps. One that is not as it was put there is <see cref="FaultCode.ArchiveDamaged"/>.</para>
/// <para>Crash. An archive is there whole or not at all; <see cref="ForgetAsync"/> removes what a put left at any step. Threads: any member at any time.</para>
/// </summary>
internal interface IDiskArchives
{
    /// <summary>Whether there is a store, and this host's storage can tell disks as streams: asked before anything is ended for it.</summary>
    Task<Result<Done>> CheckAsync(Sandbox sandbox, CancellationToken cancellation);

    /// <summary>Puts a saved disk of a sandbox there, and reads all of it back.</summary>
    /// <returns>Its key.</returns>
    Task<Result<string>> PutAsync(Sandbox sandbox, CheckpointId saved, TransferProgress progress, CancellationToken cancellation);

    /// <summary>Makes a saved disk of an archived sandbox's archive.</summary>
    Task<Result<Done>> FetchAsync(Sandbox sandbox, CheckpointId into, TransferProgress progress, CancellationToken cancellation);

    /// <summary>Deletes what was put of that saved disk. Succeeds for what is not there.</summary>
    Task<Result<Done>> ForgetAsync(SandboxId sandbox, CheckpointId saved, CancellationToken cancellation);
}
