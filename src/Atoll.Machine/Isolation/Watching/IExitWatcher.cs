using Atoll.Core.Sandboxes;

namespace Atoll.Machine.Isolation.Watching;

/// <summary>Tells when sandboxes end, whoever started them: right after a start, or after a restart of this server. No polling; any thread.</summary>
internal interface IExitWatcher
{
    /// <summary>
    /// Completes when this process has ended; at once if it has already. The sandbox's cgroup must still be there then, or an out-of-memory kill cannot be told.
    /// </summary>
    Task<InitExit> WaitAsync(SandboxId id, RunningInit init, CancellationToken cancellation);
}
