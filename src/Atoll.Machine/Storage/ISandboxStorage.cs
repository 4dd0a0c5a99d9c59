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

    /// <summary>Makes or mounts the pool and removes what a crash left half-made.</summary>
    Task<Result<Done>> OpenAsync(CancellationToken cancellation);

    /// <summary>Unmounts the pool; with <paramref name="erase"/>, removes it and everything in it.</summary>
    Task<Result<Done>> CloseAsync(bool erase, CancellationToken cancellation);

    /// <summary>
    /// A writable copy of a template for a sandbox, with its disk limit in force. <see cref="FaultCode.PoolNearlyFull"/> when the pool's reserve would be touched,
    /// <see cref="FaultCode.TemplateNotFound"/> when there is no such template.
    /// </summary>
    /// <returns>The clone's root directory on the host.</returns>
    Task<Result<string>> CloneAsync(string template, SandboxId id, long diskBytes, CancellationToken cancellation);

    /// <summary>Frees a clone. Succeeds for what is not there.</summary>
    Task<Result<Done>> DeleteAsync(SandboxId id, CancellationToken cancellation);

    Task<IReadOnlyList<SandboxId>> ListAsync(CancellationToken cancellation);

    /// <summary>The root directory of a clone that is there (mounted again if a host restart undid it), or null.</summary>
    Task<string?> FindAsync(SandboxId id, CancellationToken cancellation);

    Task<Result<Done>> LimitAsync(SandboxId id, long diskBytes, CancellationToken cancellation);

    /// <summary>Bytes a clone has written beyond its template.</summary>
    Task<Result<long>> MeasureAsync(SandboxId id, CancellationToken cancellation);

    /// <summary>How full the pool is.</summary>
    PoolUsage MeasurePool();

    /// <summary>An empty directory to build a template in. It becomes a template only when sealed; disposing it unsealed removes it.</summary>
    Task<Result<TemplateDraft>> BeginTemplateAsync(string name, CancellationToken cancellation);

    Task<IReadOnlyList<TemplateTree>> ListTemplatesAsync(CancellationToken cancellation);

    Task<Result<Done>> DeleteTemplateAsync(string name, CancellationToken cancellation);
}
