using Atoll.Core.Events;
using Atoll.Core.Faults;
using Atoll.Core.Machines;
using Atoll.Core.Sandboxes.Capacity;
using Atoll.Core.Sandboxes.Living;
using Atoll.Core.Sandboxes.Owning;
using Atoll.Core.Store;
using Microsoft.Extensions.Logging;

namespace Atoll.Core.Sandboxes.Recovery;

/// <summary>
/// After a start of the server: finds again what lives.
/// <para>A row that says <c>running</c>: the machine re-attaches it, and it goes on with its time limit (its idleness counts from now); or its processes are gone, and it
/// is stopped (<see cref="EndReason.HostRestart"/>), with its disk. The same for <c>paused</c>, which stays so. One whose disk is gone has failed. One at rest (<c>suspended</c>, <c>stopped</c>) needs its disk alone, and stays as it is, after a restart
/// of the host too; one <c>archived</c> needs nothing here. One that says <c>creating</c>: the server died or was stopped meanwhile; the machine sweeps what there was, and it has
/// failed (<see cref="EndReason.ServerRestart"/>). One whose end was decided: swept likewise, and it has ended as it was decided. Then what the journal says had begun is
/// completed or undone.</para>
/// <para>Runs before there are grains or calls, so it writes without them. It may die and be run again at any step.</para>
/// </summary>
internal sealed partial class SandboxRecovery(
    Database database, SandboxStore store, EventLog events, IMachine machine, SandboxDirectory directory, SandboxCommits commits, FaultStops stops, Admissions admissions, OperationRecovery operations,
    ILogger<SandboxRecovery> log)
{
    /// <summary>Throws when the database or the machine cannot be had: there is no server without them.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await database.OpenAsync(cancellation);
        await events.BeginAsync(cancellation);
        await admissions.BeginAsync(cancellation);
        var loaded = await store.LoadLivingAsync(cancellation);
        var living = loaded.TryGet(out var rows, out var fault) ? rows : throw new FaultException(fault);

        var owned = living.Where(x => x.Ending is null).Select(x => x.Sandbox).ToList();
        KnownSandboxes known = new(
            owned.Where(x => x.State is SandboxState.Running or SandboxState.Paused).ToDictionary(x => x.Id, x => x.Spec),
            owned.Where(x => x.State is SandboxState.Paused).Select(x => x.Id).ToHashSet(),
            await operations.HaltedAsync(cancellation),
            owned.Where(x => x.State is SandboxState.Suspended or SandboxState.Stopped).Select(x => x.Id).ToHashSet());
        var recovered = await machine.RecoverAsync(known, cancellation);
        var (ended, stopped) = (0, 0);
        foreach (var (sandbox, ending) in living)
        {
            directory.Add(sandbox);
            admissions.ReadmitMounts(sandbox.Id, sandbox.Spec);
            if (sandbox.State.IsAtRest()) admissions.ReadmitAtRest(sandbox.Team, sandbox.Id, sandbox.Held);
            else admissions.Readmit(sandbox.Team, sandbox.Id, sandbox.Spec.Limits);
            if (recovered.Attached.Contains(sandbox.Id) || (sandbox.State is SandboxState.Archived && ending is null))
            {
                commits.Reschedule(sandbox.Id);
                continue;
            }

            if (recovered.Lost.Contains(sandbox.Id) && ending is null)
            {
                await StopAsync(sandbox);
                stopped++;
                continue;
            }

            await EndAsync(sandbox, ending ?? Lost(sandbox));
            ended++;
        }

        await operations.SettleAsync(cancellation);
        LogRecovered(log, living.Count - ended - stopped, stopped, ended);
    }

    private static Ending Lost(Sandbox sandbox) => sandbox.State is SandboxState.Creating
        ? new(SandboxState.Failed, EndReason.ServerRestart, "The server was restarted while creating it.")
        : new(SandboxState.Failed, EndReason.HostRestart, "Its disk was gone when the server came back.");

    private async Task StopAsync(Sandbox sandbox)
    {
        SandboxFault fault = new(EndReason.HostRestart, "Its processes were gone when the server came back: its disk is there.");
        var stopped = await commits.SaveAsync(sandbox, stops.Of(sandbox, fault), EventTypes.Stopped);
        if (stopped.Fault is { } unsaved) throw new FaultException(unsaved);
        LogStopped(log, sandbox.Id);
    }

    private async Task EndAsync(Sandbox sandbox, Ending ending)
    {
        var ended = await commits.EndAsync(sandbox, ending);
        if (ended.Fault is { } fault) throw new FaultException(fault);
        LogEnded(log, sandbox.Id, ending.Reason);
    }

    [LoggerMessage(1270, LogLevel.Information, "Recovered: {Attached} sandboxes go on, {Stopped} have lost their processes, {Ended} have ended.")]
    private static partial void LogRecovered(ILogger log, int attached, int stopped, int ended);

    [LoggerMessage(1275, LogLevel.Warning, "Sandbox {Sandbox} has lost its processes while the server was away: it is stopped, with its disk.")]
    private static partial void LogStopped(ILogger log, SandboxId sandbox);

    [LoggerMessage(1271, LogLevel.Warning, "Sandbox {Sandbox} has ended while the server was away: {Reason}.")]
    private static partial void LogEnded(ILogger log, SandboxId sandbox, EndReason reason);
}
