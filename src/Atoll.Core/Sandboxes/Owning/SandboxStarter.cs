using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Lifetime;
using Atoll.Core.Machines;
using Atoll.Core.Metrics;
using Atoll.Core.Tracing;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Owning;

/// <summary>From <c>creating</c> to <c>running</c>.</summary>
internal sealed partial class SandboxStarter(IMachine machine, SandboxCommits commits, TimeProvider time, SteadyClock clock, AtollMetrics metrics, ILogger<SandboxStarter> log)
{
    /// <summary>The sandbox running, or why not; then the caller ends it, which also removes what may have been started.</summary>
    /// <param name="begun">Of <see cref="MakeRunningAsync"/>, where it was begun before; null: now.</param>
    /// <param name="stop">An end was asked for meanwhile.</param>
    public async Task<Result<Sandbox>> StartAsync(Sandbox creating, Task<Result<Sandbox>>? begun, CancellationToken stop)
    {
        var made = await (begun ?? MakeRunningAsync(creating, stop));
        return made.TryGet(out var running, out var failed) ? await commits.SaveAsync(creating, running, EventTypes.Running) : failed;
    }

    /// <summary>Running on the machine, and not saved yet.</summary>
    public async Task<Result<Sandbox>> MakeRunningAsync(Sandbox creating, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        if (!(await OnMachineAsync(creating, stop)).TryGet(out var started, out var failed)) return failed;
        metrics.Started(IsolationNames.Of(creating.Spec.Isolation), started.Warm, time.GetElapsedTime(begun));
        if (stop.IsCancellationRequested) return Stopped(creating.Id);

        var now = time.GetUtcNow();
        return creating with
        {
            State = SandboxState.Running,
            StartedAt = now,
            ExpiresAt = creating.Spec.Lifecycle.TimeoutSeconds is > 0 and var seconds ? clock.Now.AddSeconds(seconds) : null,
        };
    }

    public bool IsLive(SandboxId id) => machine.FindGuest(id) is not null;

    private async Task<Result<StartedSandbox>> OnMachineAsync(Sandbox creating, CancellationToken stop)
    {
        if (stop.IsCancellationRequested) return Stopped(creating.Id);
        using var span = AtollTrace.Start("create.machine");
        try
        {
            return await machine.StartAsync(creating.Id, creating.Spec, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Stopped(creating.Id);
        }
        catch (Exception failure)
        {
            LogFailed(log, creating.Id, failure);
            return new Fault(FaultCode.HostFailure, FaultSide.Server, FaultStage.Isolation, "Starting the sandbox failed in a way that this server did not expect.", "See the server's log.");
        }
    }

    private static Fault Stopped(SandboxId id) => SandboxFaults.Ended(id, null, "It was ended while it was being created.");

    [LoggerMessage(1230, LogLevel.Error, "Starting sandbox {Sandbox} threw.")]
    private static partial void LogFailed(ILogger log, SandboxId sandbox, Exception failure);
}
