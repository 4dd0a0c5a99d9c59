using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Usage;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>
/// From <c>running</c> to <c>paused</c> and back. One step each on the host, and what the database says counts: a server that dies in between finds the processes as they are and makes them as it says.
/// </summary>
internal sealed class SandboxPauser(ISandboxSleep sleep, SandboxCommits commits, FinalMeasure measure, SteadyClock clock)
{
    public async Task<Result<Sandbox>> PauseAsync(LiveEntry entry, EndReason? why)
    {
        var running = entry.Sandbox;
        await measure.PassAsync(entry);
        if ((await sleep.PauseAsync(running.Id, CancellationToken.None)).Fault is { } fault) return fault;
        var saved = await commits.SaveAsync(running, running.Asleep(SandboxState.Paused, why, clock.Now), EventTypes.Paused);
        if (!saved.Succeeded) await sleep.ResumeAsync(running.Id, CancellationToken.None);
        return saved;
    }

    public async Task<Result<Sandbox>> ResumeAsync(LiveEntry entry)
    {
        var paused = entry.Sandbox;
        await measure.PassAsync(entry);
        if ((await sleep.ResumeAsync(paused.Id, CancellationToken.None)).Fault is { } fault) return fault;
        var saved = await commits.SaveAsync(paused, paused.Awake(clock.Now), EventTypes.Resumed);
        if (!saved.Succeeded) await sleep.PauseAsync(paused.Id, CancellationToken.None);
        return saved;
    }
}
