using System.Text.Json;
using Atoll.Core.Cleanup;
using Atoll.Core.Faults;
using Atoll.Core.Sandboxes;
using Atoll.Machine.Hosting;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Runtimes;
using Atoll.Machine.Native;
using Microsoft.Extensions.Options;

namespace Atoll.Machine.Isolation.Vessels;

/// <summary>Makes vessels, and takes them off the host again. <c>runsc create</c>, some 110 ms.</summary>
internal sealed class VesselMaker(RunscEngine engine, SandboxCgroups cgroups, RuntimeSpawner spawner, IOptions<IsolationOptions> options, IOptions<MachineOptions> machine)
{
    /// <summary>This release's sentries can be asked to restore.</summary>
    public bool Possible => engine.SentryKnown;

    public VesselShape ShapeOf(LaunchPlan plan) => VesselShape.Of(plan, engine);

    /// <summary>On a fault nothing is left.</summary>
    public async Task<Result<Vessel>> MakeAsync(VesselShape shape, CancellationToken cancellation)
    {
        var id = SandboxId.New();
        var directory = RunDirectory.Of(machine.Value, engine.Name, id);
        await using var cleanup = new AsyncCleanup();
        cleanup.Push(async () => await DiscardAsync(id));
        using var parents = cgroups.HoldParents();
        try
        {
            directory.Create();
            var plan = shape.Model with { Id = id, RootFilesystem = MakeRoot(directory), GuestDirectory = Directory.CreateDirectory(Path.Combine(directory.Path, "guest")).FullName };
            if (MountPoints.Prepare(plan.RootFilesystem, []).Fault is { } unmountable) return unmountable;
            await OciBundle.WriteAsync(directory.Bundle, plan, shape.Limits, cgroups.PathOf(id), engine.Seccomp, cancellation);
            var run = await spawner.RunAsync(engine.CreateCommand(directory, id), HostView.AsIs, options.Value.StartTimeLimit, cancellation);
            if (!run.TryGet(out var code, out var fault)) return fault;
            if (code != 0) return Failed(RuntimeLog.LastError(directory.Log) ?? $"exit code {code}");
            if (directory.ReadPid() is not { } pid || ProcessStat.Read(pid) is not { Dead: false } stat) return Failed("it ended at once");
            if (cgroups.Apply(id, shape.Room).Fault is { } refused) return refused;
            if (RunscControl.Find(directory, id, options.Value.ProbeTimeLimit) is null) return Failed("its control socket is not where it is looked for: the run-time directory's path is too long");
            var vessel = new Vessel(id, directory, new RunningInit(pid, stat.StartTicks), ReadGofer(directory, id));
            cleanup.Release();
            return vessel;
        }
        catch (Exception failure) when (failure is IOException or JsonException or KeyNotFoundException)
        {
            return Failed(failure.Message);
        }
    }

    /// <summary>What is left is swept by the next server.</summary>
    public async Task DiscardAsync(SandboxId id)
    {
        if ((await cgroups.RemoveAsync(id, options.Value.RemoveTimeLimit, CancellationToken.None)).Fault is not null) return;
        try
        {
            RunDirectory.Of(machine.Value, engine.Name, id).Delete();
        }
        catch (IOException)
        {
            // As above.
        }
    }

    /// <summary>Empty; that something is in <c>/tmp</c> keeps runsc from mounting over it.</summary>
    private static string MakeRoot(RunDirectory directory)
    {
        var root = Path.Combine(directory.Path, "root");
        Directory.CreateDirectory(Path.Combine(root, "tmp"));
        return root;
    }

    /// <summary>From what runsc keeps of it.</summary>
    private static int ReadGofer(RunDirectory directory, SandboxId id)
    {
        using var state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory.State, $"{id}_sandbox:{id}.state")));
        return state.RootElement.GetProperty("goferPid").GetInt32();
    }

    private static Fault Failed(string why) => new(FaultCode.HostFailure, FaultSide.Host, FaultStage.Isolation, $"A sandbox could not be created ahead: {why}.");
}
