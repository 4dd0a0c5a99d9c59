using Atoll.Core.Faults;
using Atoll.Core.Sandboxes.Grains;
using Atoll.Core.Sandboxes.Living;
using Microsoft.Extensions.Options;

namespace Atoll.Core.Sandboxes.Service;

/// <summary>
/// Wakes a sandbox for whoever comes to use it, if its policy says so for such a call. However many come at one time, it is woken once: each waits for its turn behind the one that does, finds it
/// running, and is served. A call that comes while it falls asleep waits for that, and wakes it. One that was stopped by a fault of its own is not woken: what did it would do it again. Somebody starts it.
/// </summary>
internal sealed class WakeAlarm(SandboxDirectory directory, IGrainFactory grains, IOptions<SandboxOptions> options, TimeProvider time)
{
    /// <summary>One that falls asleep as often as it is woken has a policy that nobody can use.</summary>
    private const int Attempts = 3;

    /// <param name="refused">Why it could not be used as it is.</param>
    public async ValueTask<Result<LiveSandbox>> UseAsync(LiveEntry entry, WakeCauses cause, Fault refused, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var sandbox = entry.Sandbox;
            if (entry.Ending is not null || !(entry.Turning || sandbox.State.IsAsleep())) return attempt == 0 ? refused : directory.Use(sandbox.Team, sandbox.Id.Value);
            if ((sandbox.Spec.Lifecycle.WakeOn & cause) == 0 || (sandbox.State is SandboxState.Stopped && sandbox.Reason?.IsOwnFault() is true)) return refused;
            var limit = TimeSpan.FromSeconds(options.Value.WakeWaitSeconds);
            try
            {
                var woken = await grains.GetGrain<ISandboxGrain>(sandbox.Id.Value).WakeAsync().WaitAsync(limit, time, cancellation);
                if (woken.Fault is { } fault) return fault;
            }
            catch (TimeoutException)
            {
                return SandboxFaults.StillWaking(sandbox.Id, options.Value.WakeWaitSeconds);
            }

            var used = directory.Use(sandbox.Team, sandbox.Id.Value);
            if (used.Succeeded) return used;
            refused = used.Fault!;
        }

        return refused;
    }
}
