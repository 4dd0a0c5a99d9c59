namespace Atoll.Machine.Doctor.Checks;

internal sealed class CgroupCheck : IDoctorCheck
{
    private static readonly string[] Controllers = ["memory", "cpu", "pids"];

    public string Name => "cgroups";

    public Task<DoctorFinding> CheckAsync(CancellationToken cancellation)
    {
        const string root = "/sys/fs/cgroup";
        var unified = File.Exists($"{root}/cgroup.controllers");
        var present = unified
            ? File.ReadAllText($"{root}/cgroup.controllers").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            : [.. Controllers.Where(controller => Directory.Exists($"{root}/{controller}"))];
        var kind = unified ? "pure v2" : "hybrid v1";
        var missing = Controllers.Except(present).ToList();
        return Task.FromResult(missing.Count == 0
            ? new DoctorFinding(Name, DoctorStatus.Ok, $"{kind} with {string.Join(", ", Controllers)}")
            : new DoctorFinding(Name, DoctorStatus.Missing, $"{kind} without {string.Join(", ", missing)}: limits cannot be set", "Mount the cgroup controllers, or enable them on the kernel command line (cgroup_enable=memory)."));
    }
}
