using System.Security.Cryptography;
using System.Text.Json;
using Atoll.Machine.Isolation.Bundles;
using Atoll.Machine.Isolation.Cgroups;
using Atoll.Machine.Isolation.Runtimes;

namespace Atoll.Machine.Isolation.Vessels;

/// <summary>
/// All of a sandbox's specification that its sentry is created with and that cannot be changed later: everything but its names, paths, network and processor time. Two plans of one shape can have the
/// same vessel; whatever else a plan will say one day is in the specification, and makes another shape.
/// </summary>
/// <param name="Key">The digest of the specification, with stand-ins for the rest.</param>
/// <param name="Model">The plan with those stand-ins.</param>
/// <param name="Limits">What it is created with: the limit of memory that its sentry finds then is what it shows inside.</param>
/// <param name="Room">What is in force from then on.</param>
internal sealed record VesselShape(string Key, LaunchPlan Model, CgroupLimits Limits, CgroupLimits Room)
{
    public static VesselShape Of(LaunchPlan plan, IOciEngine engine)
    {
        var limits = CgroupLimits.For(plan.Limits, engine.HostTasks) with { CpuQuota = CgroupLimits.NoQuota };
        var room = CgroupLimits.For(plan.Limits, engine.HostTasks, engine.OverheadMiB) with { CpuQuota = CgroupLimits.NoQuota };
        var model = plan with
        {
            Id = default,
            RootFilesystem = "/",
            NetworkNamespace = "",
            Hostname = "vessel",
            GuestDirectory = "/",
            Nameserver = "",
            Memory = null,
            PreparesKernel = plan.PreparesKernel && engine.OwnKernel,
            Limits = plan.Limits with { Cpu = 1, DiskMiB = 0 },
        };
        var spec = OciSpecBuilder.Build(model, limits, "/", "/", OpenFileLimit.Value, engine.Seccomp);
        return new VesselShape(Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(spec, OciJson.Default.OciSpec))), model, limits, room);
    }
}
