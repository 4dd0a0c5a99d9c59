using Atoll.Core.Faults;
using Atoll.Core.Tracing;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Idling;
using Atoll.Machine.Isolation.Runtimes;
using Atoll.Machine.Native;
using Atoll.Machine.Native.Namespaces;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Vessels;

/// <summary>
/// Makes a vessel a sandbox: its run directory and cgroups get the sandbox's id, its gofer the sandbox's root filesystem, its sentry the network namespace's interface and then the image. What has
/// been done when the server dies is the sandbox's or the vessel's by its name, and removed with it.
/// </summary>
internal sealed class VesselBoarding(RunscEngine engine, SandboxCgroups cgroups, IOptions<IsolationOptions> options, IOptions<MachineOptions> machine)
{
    private const string RestoreArgument = """{"HavePagesFile":true,"HaveDeviceFile":false}""";

    /// <returns>Null: this vessel cannot be used, or the image cannot be opened; nothing of the plan's has been touched, and the vessel is to be discarded.</returns>
    public async Task<Result<RunningInit>?> BoardAsync(Vessel vessel, LaunchPlan plan, CgroupLimits before)
    {
        var directory = RunDirectory.Of(machine.Value, engine.Name, plan.Id);
        try
        {
            if (!Lives(vessel)) return null;
            using var image = ImageFiles.Open(plan.Memory!);
            using (AtollTrace.Start("vessel.rename"))
            {
                if ((await Task.Run(() => cgroups.Rename(vessel.Id, plan.Id))).Fault is { } unnamed) return unnamed;
                FileCall.Rename(vessel.Directory.Path, directory.Path);
                FileCall.Rename(RunscControl.SocketOf(directory, vessel.Id), RunscControl.SocketOf(directory, plan.Id));
                if (cgroups.Apply(plan.Id, before).Fault is { } unlimited) return unlimited;
            }

            using (AtollTrace.Start("vessel.root")) await Task.Run(() => MountRoot(vessel, plan, directory));
            return await RestoreAsync(vessel, plan, directory, image);
        }
        catch (IOException failure)
        {
            return Failed(failure.Message);
        }
    }

    /// <summary>One that is about to die is in no cgroup any more before it is dead, which takes a while on a busy host.</summary>
    private bool Lives(Vessel vessel) =>
        ProcessStat.Read(vessel.Sentry.Pid) is { Dead: false } stat && stat.StartTicks == vessel.Sentry.StartTicks && cgroups.Contains(vessel.Id, vessel.Sentry.Pid) && cgroups.Contains(vessel.Id, vessel.Gofer);

    private async Task<Result<RunningInit>> RestoreAsync(Vessel vessel, LaunchPlan plan, RunDirectory directory, ImageFiles image)
    {
        // It may have been idle for long, and its timers be late.
        var timers = new SentryTimers(vessel.Sentry.Pid);
        timers.Set(SentryTimers.Exact);
        var control = RunscControl.Find(directory, plan.Id, options.Value.MemoryTimeLimit)!;
        using (AtollTrace.Start("vessel.network"))
        {
            using var links = await Task.Run(() => SentryLinks.TakeFrom(plan.NetworkNamespace));
            if ((await control.CallAsync(RunscControl.CreateLinks, links.Argument, links.Sockets)).Fault is { } unlinked) return Failed(unlinked.Detail);
        }

        using (AtollTrace.Start("vessel.restore"))
        {
            if ((await control.CallAsync(RunscControl.Restore, RestoreArgument, image.InOrder)).Fault is { } unrestored) return Failed(unrestored.Detail);
        }

        // Threads that were made meanwhile, or a round of those who look for idle ones, may be late again.
        timers.Set(SentryTimers.Exact);
        var limited = cgroups.Apply(plan.Id, CgroupLimits.For(plan.Limits, engine.HostTasks, engine.OverheadMiB));
        return limited.Map(_ => vessel.Sentry);
    }

    private static void MountRoot(Vessel vessel, LaunchPlan plan, RunDirectory directory)
    {
        foreach (var (name, content) in EtcFiles.For(plan)) File.WriteAllText(Path.Combine(directory.Bundle, name), content);
        RootSwap.Replace(vessel.Gofer, plan.RootFilesystem,
        [
            new(plan.GuestDirectory, LaunchPlan.GuestMountPoint[1..], Programs: true),
            .. EtcFiles.Names.Select(name => new ReadOnlyMount(Path.Combine(directory.Bundle, name), $"etc/{name}", Programs: false)),
        ]);
    }

    private static Fault Failed(string why) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"The saved memory could not be restored into a sandbox that was created ahead: {why}");
}
