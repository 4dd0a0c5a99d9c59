using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Storage;

/// <summary>
/// Root filesystems of sandboxes, cloned from templates.
/// <para>Vocabulary. A <i>template tree</i> is a read-only root filesystem under a name. A <i>clone</i> is a sandbox's own writable copy of one, which costs nothing until it is
/// written to and is limited in what it may write.</para>
/// <para>Flow: <see cref="OpenAsync"/> once. Templates: <see cref="BeginTemplateAsync"/>, fill the directory, <see cref="TemplateDraft.SealAsync"/>. Sandboxes:
/// <see cref="CloneAsync"/>, then <see cref="DeleteAsync"/>.</para>
/// <para>Crash: a clone or template is there whole or not at all; half-made drafts are removed by <see cref="OpenAsync"/>.</para>
/// <para>Every implementation runs the same conformance suite. Threads: any member at any time; for one id, never two at once.</para>
/// </summary>
internal interface ISandboxStorage
{
    /// <summary><c>btrfs</c> or <c>overlay</c>.</summary>
    string Kind { get; }

    /// <summary>Why this is less than the best this product can do (no btrfs here, no simple quotas), for <c>doctor</c>; null when it is not. Known once opened.</summary>
    string? Limitation { get; }

    /// <summary>Clones as they were at a moment, kept.</summary>
    ICheckpointStorage Checkpoints { get; }

    /// <summary>Storage that outlives sandboxes.</summary>
    IVolumeStorage Volumes { get; }

    /// <summary>
    /// Makes or mounts the pool and removes what a crash left half-made. May be repeated, and several processes may have one pool open (a server, and a build beside it).
    /// </summary>
    Task<Result<Done>> OpenAsync(CancellationToken cancellation);

    /// <summary>
    /// Unmounts the pool; with <paramref name="erase"/>, removes it and everything in it. Without <paramref name="erase"/> the last process to close unmounts; with it, a
    /// <see cref="FaultCode.HostFailure"/> while another process has the pool open. A server whose sandboxes live on does not close: clones stay usable and the next open finds them.
    /// </summary>
    Task<Result<Done>> CloseAsync(bool erase, CancellationToken cancellation);

    /// <summary>
    /// A writable copy of a template for a sandbox, with its disk limit in force. <see cref="FaultCode.PoolNearlyFull"/> when the pool's reserve would be touched,
    /// <see cref="FaultCode.TemplateNotFound"/> when there is no such template. Modes, owners, hard links, extended attributes (<c>security.capability</c> too) and device
    /// nodes are the template's; setuid works, device nodes cannot be opened. Only root of the host reaches it.
    /// </summary>
    /// <returns>The clone's root directory on the host.</returns>
    Task<Result<string>> CloneAsync(string template, SandboxId id, long diskBytes, CancellationToken cancellation);

    /// <summary>Frees a clone. Succeeds for what is not there. Its space may come back only some time later.</summary>
    Task<Result<Done>> DeleteAsync(SandboxId id, CancellationToken cancellation);

    Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation);

    /// <summary>The root directory of a clone that is there (mounted again if a host restart undid it), or null.</summary>
    Task<string?> FindAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>Puts another disk limit in force on a live clone. Overlay cannot lower one: <see cref="FaultCode.NotSupported"/>.</summary>
    Task<Result<Done>> LimitAsync(SandboxId id, long diskBytes, CancellationToken cancellation);

    /// <summary>Bytes a clone has written beyond its template, as they lie on disk (compressed); up to 30 s behind.</summary>
    Task<Result<long>> MeasureAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>How full the pool is.</summary>
    PoolUsage MeasurePool();

    /// <summary>An empty directory to build a template in. It becomes a template only when sealed; disposing it unsealed removes it.
    /// Several drafts of one name may exist; the one sealed last counts.</summary>
    Task<Result<TemplateDraft>> BeginTemplateAsync(string name, CancellationToken cancellation);

    Task<IReadOnlyList<TemplateTree>> ListTemplatesAsync(CancellationToken cancellation);

    /// <summary>Its clones live on. Succeeds for what is not there.</summary>
    Task<Result<Done>> DeleteTemplateAsync(string name, CancellationToken cancellation);
}
